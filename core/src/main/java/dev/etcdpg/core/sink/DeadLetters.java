package dev.etcdpg.core.sink;

import dev.etcdpg.core.retry.Deadline;
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
import java.util.function.Consumer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records that can never be applied to Connect's dead letter topic, and waits until they are written. For use by one thread.
 *
 * <p>Connect's reporter hides some errors. If its producer refuses a record at once (because the record is too large or the topic must not
 * be written), the reporter returns a completed future, as if the record were written. If the broker refuses a record later, the task fails
 * at the next commit of offsets, even if the reporter has accepted other records since. Therefore this class estimates the size of a letter
 * before it reports the letter, and does not trust a future that is complete at once. On a busy machine such a future can also mean that the
 * broker was fast; the letter is then written twice.
 */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    /** Number of attempts to report a letter without its value whose future is complete at once. */
    private static final int ATTEMPTS_WITHOUT_VALUE = 5;

    private final @Nullable ErrantRecordReporter reporter;
    private final DeadLetterConfig config;
    private final Duration timeout;
    private final Consumer<DeadLetter> written;
    /** Letters that the last call reported before it ran out of time. They need not be reported again. Another thread fills the map. */
    private final Map<Subject, Reported> reported = new ConcurrentHashMap<>();

    /** Identifies a letter. Several letters can come from one record, which can name several keys. */
    private record Subject(String topic, int partition, long offset, @Nullable String key, String reason) {
        static Subject of(DeadLetter letter) {
            SinkRecord record = letter.record();
            return new Subject(
                    record.topic(), record.kafkaPartition(), record.kafkaOffset(), letter.key(), letter.reason());
        }
    }

    /**
     * A letter that was reported.
     *
     * @param hasValue whether the letter contains the record's value
     * @param atOnce whether the future was complete when the reporter returned it
     */
    private record Reported(boolean hasValue, Future<Void> written, boolean atOnce) {}

    /**
     * @param reporter null if Connect has none, because the connector neither names a dead letter topic nor tolerates errors
     * @param timeout longest duration of {@link #report}. It must be shorter than max.poll.interval.ms of the consumer (5 minutes by
     *     default) and shorter than the time for which the caller can hold its locks. Connect's producer itself never gives up
     */
    public DeadLetters(@Nullable ErrantRecordReporter reporter, DeadLetterConfig config, Duration timeout) {
        this(reporter, config, timeout, letter -> {});
    }

    /** @param written receives each letter that is in the topic; the other parameters are those of the other constructor */
    public DeadLetters(
            @Nullable ErrantRecordReporter reporter,
            DeadLetterConfig config,
            Duration timeout,
            Consumer<DeadLetter> written) {
        this.written = written;
        this.reporter = reporter;
        this.config = config;
        this.timeout = timeout;
    }

    /** Returns whether Connect has a reporter. Without one {@link #report} throws. */
    public boolean isPossible() {
        return reporter != null;
    }

    /**
     * Returns when all letters are in the dead letter topic. Letters that are too large for the topic are written without their value.
     *
     * @throws RetriableException if the timeout has passed. A second call with the same letters waits for the letters that were reported and
     *     does not report them again
     * @throws ConnectException if there is no dead letter topic, if the topic cannot be written, or if Connect does not tolerate the error
     */
    public void report(List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            return;
        } else if (reporter == null) {
            throw new ConnectException(
                    "A record can never be applied, and there is no dead letter topic. Set errors.tolerance=all and "
                            + "errors.deadletterqueue.topic.name. "
                            + letters.get(0).place());
        }
        reported.keySet().retainAll(letters.stream().map(Subject::of).toList());
        Deadline deadline = Deadline.after(timeout, System::nanoTime);
        reportAll(
                reporter,
                letters.stream()
                        .filter(letter -> !reported.containsKey(Subject.of(letter)))
                        .toList(),
                true,
                deadline);
        List<DeadLetter> doubtful = awaitAll(letters, deadline);
        for (int i = 0; i < ATTEMPTS_WITHOUT_VALUE && !doubtful.isEmpty(); i++) {
            reportAll(reporter, doubtful, false, deadline);
            doubtful = awaitAll(doubtful, deadline);
        }
        if (!doubtful.isEmpty()) {
            throw new ConnectException("The dead letter topic " + config.topic()
                    + " accepts no records, not even records without a value. Check that the connector may write the topic. Connect has logged "
                    + "the error. " + doubtful.get(0).place());
        }
        reported.clear();
        letters.forEach(written);
    }

    /** Reports letters in another thread, which can be abandoned: the reporter may block for ever, for example if the topic does not exist. */
    private void reportAll(ErrantRecordReporter to, List<DeadLetter> letters, boolean withValue, Deadline deadline) {
        if (letters.isEmpty()) {
            return;
        }
        FutureTask<Void> all =
                new FutureTask<>(() -> letters.forEach(letter -> reportOne(to, letter, withValue)), null);
        Thread thread = new Thread(all, "dead-letters");
        thread.setDaemon(true);
        thread.start();
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

    private void reportOne(ErrantRecordReporter to, DeadLetter letter, boolean withValue) {
        SinkRecord whole = letter.withHeaders();
        boolean fits = withValue && DeadLetterSize.of(whole) <= config.maxBytes();
        LOG.warn(
                "A record can never be applied and goes to the dead letter topic{}: {}",
                fits ? "" : " without its value",
                letter.place());
        SinkRecord record = fits ? whole : letter.withoutValue();
        Future<Void> written = to.report(record, error(letter));
        reported.put(Subject.of(letter), new Reported(record.value() != null, written, written.isDone()));
    }

    /** Returns the error that Connect logs with its stack trace. The error contains nothing of the value. */
    private static DataException error(DeadLetter letter) {
        return new DataException("A record can never be applied. The header " + DeadLetter.REASON_HEADER
                + " of its dead letter contains the reason. " + letter.place());
    }

    /**
     * Waits for letters that were reported. Returns the doubtful letters, which may be missing from the topic and must be reported without
     * their value.
     */
    private List<DeadLetter> awaitAll(List<DeadLetter> letters, Deadline deadline) {
        List<DeadLetter> doubtful = new ArrayList<>();
        for (DeadLetter letter : letters) {
            Reported one = reported.get(Subject.of(letter));
            if (one == null || !awaitOne(one, deadline)) {
                doubtful.add(letter);
            }
        }
        return doubtful;
    }

    /** @return whether the letter is known to be written */
    private boolean awaitOne(Reported one, Deadline deadline) {
        try {
            await(one.written(), deadline);
            return !one.atOnce() || config.topic().isEmpty();
        } catch (ExecutionException e) {
            if (one.hasValue() && e.getCause() instanceof RecordTooLargeException) {
                return false;
            }
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConnectException("The dead letter topic cannot be written: " + cause.getMessage(), cause);
        }
    }

    private void await(Future<Void> future, Deadline deadline) throws ExecutionException {
        try {
            future.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RetriableException(
                    "The dead letter topic " + config.topic() + " was not written within " + timeout.toSeconds()
                            + " s. Check that the topic exists and that the connector may write it. The sink tries again",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while the dead letter topic was written", e);
        }
    }
}
