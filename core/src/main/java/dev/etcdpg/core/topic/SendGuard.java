package dev.etcdpg.core.topic;

import dev.etcdpg.core.retry.RateLimit;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices records of a source that do not reach Kafka. Connect's producer waits without limit, in the thread of the task, and says nothing. A
 * thread of the guard therefore watches whether records are acknowledged. If Kafka says that a topic or a partition does not exist, or if
 * nothing was acknowledged for the timeout, the guard fails the task: with an exception at the next poll, or by an interrupt if the task does
 * not come back from the producer. Thread-safe.
 */
public final class SendGuard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SendGuard.class);

    /** Time without an acknowledgement after which the guard begins to look for the reason, and the period of its warnings. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

    /** Largest number of partitions in a message. */
    private static final int NAMED_PARTITIONS = 8;

    private final Duration timeout;
    private final SourceTopics topics;
    private final LongSupplier nanoTime;
    private final RateLimit warnings;
    private final ReroutedRecords rerouted;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Records that Connect has got and not acknowledged. */
    private final Set<SourceRecord> pending = Collections.newSetFromMap(new IdentityHashMap<>());

    private long progressAt;
    private boolean isPolling;
    private @Nullable Thread task;
    private @Nullable String failure;

    /**
     * Starts the guard.
     *
     * @param timeout time without an acknowledgement after which the task fails
     * @param topics looks at the topics
     */
    public static SendGuard started(Duration timeout, SourceTopics topics) {
        SendGuard guard = new SendGuard(timeout, topics, System::nanoTime);
        Thread thread = new Thread(guard::watchUntilClosed, "etcd-pg send guard");
        thread.setDaemon(true);
        thread.start();
        return guard;
    }

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    SendGuard(Duration timeout, SourceTopics topics, LongSupplier nanoTime) {
        this.timeout = timeout;
        this.topics = topics;
        this.nanoTime = nanoTime;
        this.warnings = new RateLimit(PATIENCE, nanoTime);
        this.rerouted = new ReroutedRecords(nanoTime);
    }

    /** Makes the records of one poll. */
    @FunctionalInterface
    public interface Poll {

        /** Returns the records; null for none. */
        @Nullable
        List<SourceRecord> records() throws InterruptedException;
    }

    /**
     * Runs one poll of the task.
     *
     * @return the records of the poll; null for none
     * @throws ConnectException if records do not reach Kafka
     */
    public @Nullable List<SourceRecord> poll(Poll poll) throws InterruptedException {
        pollBegins();
        List<SourceRecord> records = null;
        try {
            records = poll.records();
        } finally {
            pollEnds(records);
        }
        return records;
    }

    synchronized void pollBegins() {
        task = Thread.currentThread();
        isPolling = true;
        if (failure != null) {
            Thread.interrupted(); // the interrupt was meant for a call of the producer
            throw new ConnectException(failure);
        }
    }

    synchronized void pollEnds(@Nullable List<SourceRecord> records) {
        isPolling = false;
        if (records != null) {
            if (pending.isEmpty()) {
                progressAt = nanoTime.getAsLong();
            }
            pending.addAll(records);
        }
    }

    /**
     * Must be called for each record that Connect reports as written or dropped.
     *
     * @param written the place of the record; null if it was dropped
     */
    public synchronized void acknowledged(SourceRecord record, @Nullable RecordMetadata written) {
        rerouted.look(record, written);
        if (pending.remove(record)) {
            progressAt = nanoTime.getAsLong();
        }
    }

    private void watchUntilClosed() {
        try {
            while (!closed.await(WATCH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                watch();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("The send guard has stopped", e);
        }
    }

    /** Looks whether records are stuck. */
    void watch() {
        List<TopicNeed> stuck = stuck();
        if (stuck.isEmpty() || !warnings.acquire()) {
            return;
        }
        String places = places(stuck);
        Optional<String> reason = topics.reason(stuck);
        if (reason.isPresent()) {
            fail("Records cannot be written to " + places + ". " + reason.get());
        } else if (age().compareTo(timeout) >= 0) {
            fail("Kafka has acknowledged no record of " + places + " for " + age().toSeconds()
                    + " s (send.timeout.ms). Check that the topic exists, that it has these partitions, and that the connector may "
                    + "write it. Then restart the task.");
        } else {
            LOG.warn(
                    "Kafka has acknowledged no record of {} for {} s. The task fails after {} s (send.timeout.ms)",
                    places,
                    age().toSeconds(),
                    timeout.toSeconds());
        }
    }

    private synchronized Duration age() {
        return Duration.ofNanos(nanoTime.getAsLong() - progressAt);
    }

    /** Returns the topics of records that have waited for long, each with the number of partitions that the records need. */
    private synchronized List<TopicNeed> stuck() {
        Duration patience = timeout.compareTo(PATIENCE) < 0 ? timeout : PATIENCE;
        if (failure != null || pending.isEmpty() || age().compareTo(patience) < 0) {
            return List.of();
        }
        return pending.stream()
                .map(record -> new TopicNeed(
                        record.topic(),
                        record.kafkaPartition() == null ? 1 : record.kafkaPartition() + 1,
                        "topic.prefix"))
                .distinct()
                .toList();
    }

    private static String places(List<TopicNeed> stuck) {
        Set<String> places = new TreeSet<>();
        stuck.forEach(need -> places.add(need.topic() + "-" + (need.partitions() - 1)));
        return places.stream().limit(NAMED_PARTITIONS).collect(Collectors.joining(", "))
                + (places.size() > NAMED_PARTITIONS ? ", …" : "");
    }

    private synchronized void fail(String message) {
        if (pending.isEmpty()) {
            return; // acknowledged in the meantime
        }
        failure = message;
        LOG.error("The task fails. {}", message);
        if (!isPolling && task != null) {
            task.interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
