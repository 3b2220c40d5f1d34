package dev.etcdpg.pg.sink;

import dev.etcdpg.common.Revision;
import dev.etcdpg.pg.sink.intake.Bad;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives records that can never be applied to Connect's reporter, and waits until they are safe. */
final class DeadLetters {

    static final String REASON = "etcdpg.reason";
    static final String KEY = "etcdpg.key";
    static final String EPOCH = "etcdpg.epoch";
    static final String REVISION = "etcdpg.revision";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final SinkTaskContext context;

    DeadLetters(SinkTaskContext context) {
        this.context = context;
    }

    /** @throws ConnectException if there is no reporter, or it does not tolerate it */
    void report(List<Bad> all) {
        ErrantRecordReporter reporter = context.errantRecordReporter();
        Bad first = all.get(0);
        if (reporter == null) {
            throw new ConnectException(
                    "A record cannot be applied, and there is no place for such: set errors.tolerance=all and "
                            + "errors.deadletterqueue.topic.name. " + place(first) + ": " + first.reason());
        }
        List<Future<Void>> reports = new ArrayList<>();
        for (Bad bad : all) {
            LOG.warn("Cannot be applied, goes to the dead letters: {}", place(bad));
            reports.add(reporter.report(letter(bad), new ConnectException(bad.reason())));
        }
        try {
            for (Future<Void> report : reports) {
                report.get();
            }
        } catch (ExecutionException e) {
            throw new ConnectException("A record could not be written to the dead letter topic", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while a record was written to the dead letter topic", e);
        }
    }

    /** A new record: of the one that it delivered Connect would send the original bytes, without our headers. */
    private static SinkRecord letter(Bad bad) {
        SinkRecord record = bad.record();
        Headers headers = new ConnectHeaders(record.headers()).addString(REASON, bad.reason());
        if (bad.key() != null) {
            headers.addString(KEY, bad.key());
        }
        Revision at = bad.at();
        if (at != null) {
            headers.add(EPOCH, at.epoch(), Schema.INT64_SCHEMA).add(REVISION, at.revision(), Schema.INT64_SCHEMA);
        }
        return new SinkRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.kafkaOffset(),
                record.timestamp(),
                record.timestampType(),
                headers);
    }

    private static String place(Bad bad) {
        SinkRecord record = bad.record();
        return record.topic() + "-" + record.kafkaPartition() + " offset " + record.kafkaOffset()
                + (bad.key() == null ? "" : ", key " + bad.key())
                + (bad.at() == null ? "" : ", revision " + bad.at());
    }
}
