package dev.etcdpg.common.sink;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands records that can never be applied to Connect's dead letter topic, and waits until they are there. For one thread.
 *
 * <p>Of what Connect's producer refuses at once (a record too large for it, a topic that it may not write) Connect's reporter says nothing:
 * it hands out a future that is done, as if the record were written. What the broker refuses later fails the task when offsets are
 * committed, even if the reporter was given something else since. So a letter that is too large is known before it is handed over, and a
 * future that is done at once is not believed.
 */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final ErrantRecordReporter reporter;
    private final DeadLetterConfig config;
    private final Duration patience;

    /**
     * A letter as it was handed over.
     *
     * @param whole whether it has its value
     * @param atOnce whether the reporter was done with it when it returned
     */
    private record Sent(DeadLetter letter, boolean whole, Future<Void> written, boolean atOnce) {}

    /**
     * @param reporter null if Connect has none, because the connector neither names a dead letter topic nor tolerates errors
     * @param patience how long {@link #report} may take: less than a consumer may be away from its group (max.poll.interval.ms, 5 minutes
     *     by default), and less than what the caller keeps locked meanwhile may stay so. Connect's producer itself never gives up
     */
    public DeadLetters(ErrantRecordReporter reporter, DeadLetterConfig config, Duration patience) {
        this.reporter = reporter;
        this.config = config;
        this.patience = patience;
    }

    /** Whether there is a place for dead letters; else {@link #report} throws. */
    public boolean isPossible() {
        return reporter != null;
    }

    /**
     * Returns when all of them are in the dead letter topic; those that are too large for it, without their value.
     *
     * @throws RetriableException if that takes longer than the patience; some may be there, and come again when it is tried again
     * @throws ConnectException if there is no such topic, it cannot be written, or Connect does not tolerate the error
     */
    public void report(List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            return;
        } else if (reporter == null) {
            throw new ConnectException(
                    "A record can never be applied, and there is no place for such: set errors.tolerance=all and "
                            + "errors.deadletterqueue.topic.name. "
                            + letters.get(0).place());
        }
        long deadline = System.nanoTime() + patience.toNanos();
        List<DeadLetter> again = new ArrayList<>();
        for (Sent sent : send(letters, true, deadline)) {
            if (!isWritten(sent, deadline)) {
                again.add(sent.letter());
            }
        }
        for (Sent sent : send(again, false, deadline)) {
            if (!isWritten(sent, deadline)) {
                throw new ConnectException(
                        "The dead letter topic " + config.topic() + " takes nothing, not even without a value. May the "
                                + "connector write it? Connect has logged what was wrong. "
                                + sent.letter().place());
            }
        }
    }

    /** Hands them over in a thread that can be left behind: the reporter waits without end for a topic that is not there, say. */
    private List<Sent> send(List<DeadLetter> letters, boolean withValues, long deadline) {
        if (letters.isEmpty()) {
            return List.of();
        }
        List<SinkRecord> records = new ArrayList<>();
        for (DeadLetter letter : letters) {
            SinkRecord whole = letter.withHeaders();
            boolean fits = DeadLetterSize.of(whole) <= config.maxBytes();
            LOG.warn(
                    withValues && fits
                            ? "Can never be applied, goes to the dead letter topic: {}"
                            : "Can never be applied, goes to the dead letter topic without its value: {}",
                    letter.place());
            records.add(withValues && fits ? whole : letter.withoutValue());
        }
        FutureTask<List<Sent>> all = new FutureTask<>(() -> {
            List<Sent> sent = new ArrayList<>();
            for (int i = 0; i < records.size(); i++) {
                DeadLetter letter = letters.get(i);
                SinkRecord record = records.get(i);
                Future<Void> written = reporter.report(record, fault(letter));
                sent.add(new Sent(letter, record.value() != null, written, written.isDone()));
            }
            return sent;
        });
        Thread reporting = new Thread(all, "dead-letters");
        reporting.setDaemon(true);
        reporting.start();
        try {
            return await(all, deadline);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException refusal) {
                throw refusal;
            }
            throw new ConnectException("The dead letter topic cannot be written: " + e.getCause(), e.getCause());
        } finally {
            all.cancel(true);
        }
    }

    /** What Connect logs, stack trace and all: nothing of the value. */
    private static DataException fault(DeadLetter letter) {
        return new DataException("A record can never be applied; the header " + DeadLetter.REASON_HEADER
                + " of its dead letter says why. " + letter.place());
    }

    /** @return false if it may be written without its value, and perhaps was not */
    private boolean isWritten(Sent sent, long deadline) {
        try {
            await(sent.written(), deadline);
            return !sent.atOnce() || config.topic().isEmpty();
        } catch (ExecutionException e) {
            if (sent.whole() && e.getCause() instanceof RecordTooLargeException) {
                return false;
            }
            throw new ConnectException(
                    "The dead letter topic cannot be written: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private <T> T await(Future<T> one, long deadline) throws ExecutionException {
        try {
            return one.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RetriableException(
                    "The dead letter topic was not written within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while the dead letter topic was written", e);
        }
    }
}
