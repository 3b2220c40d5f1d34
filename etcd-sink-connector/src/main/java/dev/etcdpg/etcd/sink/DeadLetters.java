package dev.etcdpg.etcd.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands records that can never be applied to Connect's dead letter topic, and waits until they are there. */
final class DeadLetters {

    static final String REASON_HEADER = "etcdpg.reason";
    static final String KEY_HEADER = "etcdpg.key";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final long WAIT_SECONDS = 60;

    private final ErrantRecordReporter reporter;

    /** @param reporter null if Connect has none, because the connector neither names a dead letter topic nor tolerates errors */
    DeadLetters(ErrantRecordReporter reporter) {
        this.reporter = reporter;
    }

    /**
     * Returns when all of them are in the dead letter topic.
     *
     * @throws ConnectException if there is none, or it cannot be written
     */
    void report(List<Item.Bad> bad) {
        List<Future<Void>> written = new ArrayList<>();
        for (Item.Bad letter : bad) {
            SinkRecord record = letter.record();
            String place = record.topic() + "-" + record.kafkaPartition() + " offset " + record.kafkaOffset();
            LOG.warn("{} goes to the dead letter topic: {}", place, letter.reason());
            if (reporter == null) {
                throw new ConnectException(
                        "The record at " + place + " can never be written to etcd: " + letter.reason()
                                + ". Set errors.tolerance=all and errors.deadletterqueue.topic.name to set such records aside.");
            }
            written.add(reporter.report(withReason(letter), new DataException(letter.reason())));
        }
        written.forEach(DeadLetters::await);
    }

    /** A record of our own: of the one delivered, Connect would send the original bytes and headers. */
    private static SinkRecord withReason(Item.Bad letter) {
        SinkRecord record = letter.record();
        ConnectHeaders headers = new ConnectHeaders(record.headers());
        headers.addString(REASON_HEADER, letter.reason());
        if (record.key() instanceof String key) {
            headers.addString(KEY_HEADER, key);
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
                headers,
                record.originalTopic(),
                record.originalKafkaPartition(),
                record.originalKafkaOffset());
    }

    private static void await(Future<Void> written) {
        try {
            written.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new ConnectException(
                    "the dead letter topic cannot be written: " + e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new RetriableException("the dead letter topic was not written within " + WAIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("interrupted while writing to the dead letter topic", e);
        }
    }
}
