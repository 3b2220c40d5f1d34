package dev.etcdpg.common.sink;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands records that can never be applied to Connect's dead letter topic, and waits until they are there. */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    /** Less than a consumer may be away from its group (max.poll.interval.ms, 5 minutes): Connect's producer itself never gives up. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ErrantRecordReporter reporter;
    private final Duration patience;

    /** @param reporter null if Connect has none, because the connector neither names a dead letter topic nor tolerates errors */
    public DeadLetters(ErrantRecordReporter reporter) {
        this(reporter, PATIENCE);
    }

    DeadLetters(ErrantRecordReporter reporter, Duration patience) {
        this.reporter = reporter;
        this.patience = patience;
    }

    /** Whether there is a place for dead letters; else {@link #report} throws. */
    public boolean isPossible() {
        return reporter != null;
    }

    /**
     * Returns when all of them are in the dead letter topic.
     *
     * @throws RetriableException if that takes longer than a minute; some may be there, and come again when it is tried again
     * @throws ConnectException if there is no such topic, it cannot be written, or Connect does not tolerate the error
     */
    public void report(List<DeadLetter> letters) {
        List<Future<Void>> written = new ArrayList<>();
        for (DeadLetter letter : letters) {
            if (reporter == null) {
                throw new ConnectException(
                        "A record can never be applied, and there is no place for such: set errors.tolerance=all and "
                                + "errors.deadletterqueue.topic.name. " + letter.place() + ": " + letter.reason());
            }
            LOG.warn("Can never be applied, goes to the dead letter topic: {}", letter.place());
            written.add(reporter.report(letter.withHeaders(), new DataException(letter.reason())));
        }
        long deadline = System.nanoTime() + patience.toNanos();
        for (int i = 0; i < letters.size(); i++) {
            if (!await(written.get(i), deadline, true)) {
                DeadLetter letter = letters.get(i);
                LOG.warn("Too large for the dead letter topic, goes there without its value: {}", letter.place());
                await(reporter.report(letter.withoutValue(), new DataException(letter.reason())), deadline, false);
            }
        }
    }

    /** @return false if it is too large, and may be */
    private boolean await(Future<Void> one, long deadline, boolean mayBeTooLarge) {
        try {
            one.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            if (mayBeTooLarge && e.getCause() instanceof RecordTooLargeException) {
                return false;
            }
            throw new ConnectException(
                    "The dead letter topic cannot be written: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new RetriableException(
                    "The dead letter topic was not written within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while the dead letter topic was written", e);
        }
    }
}
