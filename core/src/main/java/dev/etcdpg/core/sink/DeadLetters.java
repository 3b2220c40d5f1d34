package dev.etcdpg.core.sink;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
 * future that is done at once is not believed, at first: on a busy machine the broker may have answered before we look, and a letter then comes
 * twice.
 */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    /** How often a letter without its value may seem to be refused at once before it is believed. */
    private static final int TRIES = 5;

    private final ErrantRecordReporter reporter;
    private final DeadLetterConfig config;
    private final Duration patience;
    /** What the last call has handed over, if it had to give up: it need not be handed over again. Filled by the reporting thread. */
    private final Map<Place, Sent> sent = new ConcurrentHashMap<>();

    /** What a letter tells of; one record may name several keys. */
    private record Place(String topic, int partition, long offset, String key, String reason) {
        static Place of(DeadLetter letter) {
            SinkRecord record = letter.record();
            return new Place(
                    record.topic(), record.kafkaPartition(), record.kafkaOffset(), letter.key(), letter.reason());
        }
    }

    /**
     * A letter as it was handed over.
     *
     * @param whole whether it has its value
     * @param atOnce whether the reporter was done with it when it returned
     */
    private record Sent(boolean whole, Future<Void> written, boolean atOnce) {}

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
     * @throws RetriableException if that takes longer than the patience. When it is tried again with the same letters, those that have been
     *     handed over are only waited for
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
        sent.keySet().retainAll(letters.stream().map(Place::of).toList());
        long deadline = System.nanoTime() + patience.toNanos();
        send(
                letters.stream()
                        .filter(letter -> !sent.containsKey(Place.of(letter)))
                        .toList(),
                false,
                deadline);
        List<DeadLetter> unwritten = unwritten(letters, deadline);
        for (int i = 0; i < TRIES && !unwritten.isEmpty(); i++) {
            send(unwritten, true, deadline);
            unwritten = unwritten(unwritten, deadline);
        }
        if (!unwritten.isEmpty()) {
            throw new ConnectException("The dead letter topic " + config.topic()
                    + " takes nothing, not even without a value. May the connector write it? Connect has logged what was wrong. "
                    + unwritten.get(0).place());
        }
        sent.clear();
    }

    /** Those that may be written without their value, and perhaps were not. */
    private List<DeadLetter> unwritten(List<DeadLetter> letters, long deadline) {
        List<DeadLetter> unwritten = new ArrayList<>();
        for (DeadLetter letter : letters) {
            Sent one = sent.get(Place.of(letter));
            if (!isWritten(one, deadline)) {
                unwritten.add(letter);
            }
        }
        return unwritten;
    }

    /** Hands them over in a thread that can be left behind: the reporter waits without end for a topic that is not there, say. */
    private void send(List<DeadLetter> letters, boolean again, long deadline) {
        if (letters.isEmpty()) {
            return;
        }
        FutureTask<Void> all = new FutureTask<>(() -> letters.forEach(letter -> send(letter, again)), null);
        Thread reporting = new Thread(all, "dead-letters");
        reporting.setDaemon(true);
        reporting.start();
        try {
            await(all, deadline);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException refusal) {
                throw refusal;
            }
            throw new ConnectException("The dead letter topic cannot be written: " + e.getCause(), e.getCause());
        } finally {
            all.cancel(true);
        }
    }

    private void send(DeadLetter letter, boolean again) {
        SinkRecord whole = letter.withHeaders();
        boolean fits = !again && DeadLetterSize.of(whole) <= config.maxBytes();
        LOG.warn(
                fits
                        ? "Can never be applied, goes to the dead letter topic: {}"
                        : "Can never be applied, goes to the dead letter topic without its value: {}",
                letter.place());
        SinkRecord record = fits ? whole : letter.withoutValue();
        Future<Void> written = reporter.report(record, fault(letter));
        sent.put(Place.of(letter), new Sent(record.value() != null, written, written.isDone()));
    }

    /** What Connect logs, stack trace and all: nothing of the value. */
    private static DataException fault(DeadLetter letter) {
        return new DataException("A record can never be applied; the header " + DeadLetter.REASON_HEADER
                + " of its dead letter says why. " + letter.place());
    }

    /** @return false if it may be written without its value, and perhaps was not */
    private boolean isWritten(Sent one, long deadline) {
        try {
            await(one.written(), deadline);
            return !one.atOnce() || config.topic().isEmpty();
        } catch (ExecutionException e) {
            if (one.whole() && e.getCause() instanceof RecordTooLargeException) {
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
