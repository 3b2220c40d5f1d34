package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeySpan;
import io.etcd.jetcd.Watch;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch of a span of keys that its owner opens again after each failure, at the revision that the owner needs next. jetcd's own resume loses
 * events, because it continues at the revision at which the server <em>created</em> the watch. Therefore each attempt has its own watcher,
 * which is closed at its first error. All methods are for the owner's thread.
 */
public final class EtcdWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);

    /** etcd does not answer a progress request while a watcher is not in sync: ask again after this time. */
    private static final long ASK_AGAIN_NANOS = Duration.ofMillis(25).toNanos();

    /** The shortest time between two progress requests, so that a busy etcd is not asked after every put. */
    private static final long ASK_PAUSE_NANOS = Duration.ofMillis(1).toNanos();

    private final String name;
    private final Supplier<Watch> client;
    private final KeySpan span;
    private final WatchQueue queue;
    private final LongSupplier nanoTime;
    private @Nullable WatchAttempt attempt;
    private boolean created;
    private boolean asked;
    private boolean answered;
    private long askedAt;
    private long heardAt;

    /**
     * @param name for the log
     * @param client supplies the client for each attempt
     * @param queue holds the inputs of the watch until {@link #poll()}
     * @param nanoTime as {@link System#nanoTime()}
     */
    public EtcdWatch(String name, Supplier<Watch> client, KeySpan span, WatchQueue queue, LongSupplier nanoTime) {
        this.name = name;
        this.client = client;
        this.span = span;
        this.queue = queue;
        this.nanoTime = nanoTime;
    }

    /** Ends the current attempt and begins another at this revision. A failure is delivered as {@link WatchInput.Failed}. */
    public void open(long revision) {
        close();
        created = false;
        asked = false;
        answered = false;
        heardAt = nanoTime.getAsLong();
        askedAt = heardAt - ASK_AGAIN_NANOS;
        long number = queue.begin();
        attempt = new WatchAttempt(input -> put(number, input));
        LOG.debug("Watch of {} from revision {}", name, revision);
        attempt.start(client.get(), span, revision);
    }

    /** Returns the next input of the watch, or null if there is none. Does not wait. */
    public @Nullable WatchInput poll() {
        WatchInput input = queue.poll();
        if (input != null) {
            heardAt = nanoTime.getAsLong();
        }
        if (input instanceof WatchInput.Created) {
            created = true;
        } else if (input instanceof WatchInput.Progress) {
            asked = false;
            answered = true;
        }
        return input;
    }

    /** Requests the progress of the watch from etcd, unless {@link #nanosUntilAsking()} is positive. */
    public void requestProgress() {
        if (attempt != null && nanosUntilAsking() <= 0) {
            asked = true;
            askedAt = nanoTime.getAsLong();
            attempt.requestProgress();
        }
    }

    /** Returns the nanoseconds until {@link #requestProgress()} has an effect; {@link Long#MAX_VALUE} until etcd has created the watch. */
    public long nanosUntilAsking() {
        if (!created) {
            return Long.MAX_VALUE;
        }
        return (asked ? ASK_AGAIN_NANOS : ASK_PAUSE_NANOS) - (nanoTime.getAsLong() - askedAt);
    }

    /** Returns whether etcd has created the watch and has not answered any progress request of it. */
    public boolean isAskedInVain() {
        return created && asked && !answered;
    }

    /** Returns whether the watch has delivered nothing for this time, and nothing waits to be polled. */
    public boolean isSilentFor(Duration time) {
        return queue.isEmpty() && nanoTime.getAsLong() - heardAt > time.toNanos();
    }

    @Override
    public void close() {
        queue.begin();
        if (attempt != null) {
            attempt.close();
            attempt = null;
        }
    }

    private void put(long number, WatchInput input) {
        try {
            queue.put(number, input);
        } catch (InterruptedException e) {
            // jetcd stops its thread together with its client, so nobody listens any more
            LOG.debug("Watch of {} was interrupted", name);
            Thread.currentThread().interrupt();
        }
    }
}
