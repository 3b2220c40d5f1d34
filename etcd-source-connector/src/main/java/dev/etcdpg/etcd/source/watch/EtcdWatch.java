package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch of a span of keys that is opened again and again by its owner, each time at the revision that the owner wants next. jetcd's own
 * resume is never used: it loses events, because it goes on at the revision at which the server had <em>created</em> the watch. Every attempt
 * is a watcher of its own, closed when it says anything about an error or an end. All methods are for the owner's thread.
 */
public final class EtcdWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);

    /** A watcher that is not in sync answers no progress request: ask again after this. */
    private static final long ASK_AGAIN_NANOS = Duration.ofMillis(25).toNanos();

    /** Not more often than this, so that a busy etcd is not asked after every put. */
    private static final long ASK_PAUSE_NANOS = Duration.ofMillis(1).toNanos();

    private final String name;
    private final Supplier<Watch> client;
    private final KeySpan span;
    private final WatchQueue queue;
    private final LongSupplier nanoTime;
    private Attempt attempt;
    private boolean created;
    private boolean asked;
    private long askedAt;
    private long heardAt;

    /**
     * @param name for the log
     * @param client asked for each attempt
     * @param capacity weight of the events that wait until the server is held back
     * @param nanoTime as {@link System#nanoTime()}
     */
    public EtcdWatch(
            String name, Supplier<Watch> client, KeySpan span, int capacity, Signal signal, LongSupplier nanoTime) {
        this.name = name;
        this.client = client;
        this.span = span;
        this.queue = new WatchQueue(capacity, signal);
        this.nanoTime = nanoTime;
    }

    /** Ends the attempt that is under way and begins one at this revision. Failures come as {@link WatchInput.Failed}. */
    public void open(long revision) {
        close();
        created = false;
        asked = false;
        heardAt = nanoTime.getAsLong();
        askedAt = heardAt - ASK_AGAIN_NANOS;
        attempt = new Attempt(queue.begin());
        LOG.debug("Watch of {} from revision {}", name, revision);
        attempt.start(WatchOption.builder()
                .withRevision(revision)
                .withRange(ByteSequence.from(span.end().toByteArray()))
                .withCreateNotify(true)
                .withRequireLeader(true)
                .build());
    }

    /** What came next, or null. */
    public WatchInput poll() {
        WatchInput input = queue.poll();
        if (input != null) {
            heardAt = nanoTime.getAsLong();
        }
        if (input instanceof WatchInput.Created) {
            created = true;
        } else if (input instanceof WatchInput.Progress) {
            asked = false;
        }
        return input;
    }

    /** Asks the server how far the watch is, soon: at once if it is not being asked already. */
    public void requestProgress() {
        if (nanosUntilAsking() <= 0) {
            asked = true;
            askedAt = nanoTime.getAsLong();
            attempt.requestProgress();
        }
    }

    /** How long until {@link #requestProgress()} may ask; for ever while the server has not created the watch. */
    public long nanosUntilAsking() {
        if (!created) {
            return Long.MAX_VALUE;
        }
        return (asked ? ASK_AGAIN_NANOS : ASK_PAUSE_NANOS) - (nanoTime.getAsLong() - askedAt);
    }

    /** Whether nothing was heard for so long, and it is not for us that it waits. */
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

    /** One watcher. jetcd calls it on threads of its own; after {@link #close()} it says nothing more. */
    private final class Attempt implements Watch.Listener {

        private final long number;
        private Watch.Watcher watcher;
        private boolean ended;

        Attempt(long number) {
            this.number = number;
        }

        void start(WatchOption option) {
            Watch.Watcher started =
                    client.get().watch(ByteSequence.from(span.start().toByteArray()), option, this);
            boolean late;
            synchronized (this) {
                watcher = started;
                late = ended;
            }
            if (late) {
                started.close();
            }
        }

        synchronized void requestProgress() {
            if (!ended && watcher != null) {
                watcher.requestProgress();
            }
        }

        @Override
        public void onNext(WatchResponse response) {
            if (response.isCreatedNotify()) {
                put(new WatchInput.Created());
            } else if (response.isProgressNotify()) {
                put(new WatchInput.Progress(response.getHeader().getRevision()));
            } else {
                put(events(response));
            }
        }

        @Override
        public void onError(Throwable cause) {
            // closed here and not later: else jetcd goes on by itself, at the wrong revision
            if (close()) {
                put(new WatchInput.Failed(cause));
            }
        }

        @Override
        public void onCompleted() {
            // also called by close()
            if (close()) {
                put(new WatchInput.Failed(new WatchEndedException("the server ended the watch")));
            }
        }

        /** @return false if it was closed before */
        boolean close() {
            Watch.Watcher open;
            synchronized (this) {
                if (ended) {
                    return false;
                }
                ended = true;
                open = watcher;
            }
            if (open != null) {
                open.close();
            }
            return true;
        }

        private void put(WatchInput input) {
            try {
                queue.put(number, input);
            } catch (InterruptedException e) {
                // jetcd's thread is being shut down with its client: nobody listens any more
                LOG.debug("Watch of {} was interrupted", name);
                Thread.currentThread().interrupt();
            }
        }
    }

    private static WatchInput.Events events(WatchResponse response) {
        List<WatchInput.RevisionEvents> revisions = new ArrayList<>();
        long revision = 0;
        List<KeyChange> changes = null;
        for (WatchEvent event : response.getEvents()) {
            KeyChange change = change(event);
            if (changes == null || change.modRevision() != revision) {
                revision = change.modRevision();
                changes = new ArrayList<>();
                revisions.add(new WatchInput.RevisionEvents(revision, changes));
            }
            changes.add(change);
        }
        return new WatchInput.Events(
                revisions,
                revisions.stream().mapToInt(WatchInput.RevisionEvents::weight).sum());
    }

    private static KeyChange change(WatchEvent event) {
        var kv = event.getKeyValue();
        boolean deleted = event.getEventType() == WatchEvent.EventType.DELETE;
        return new KeyChange(
                kv.getKey().getBytes(),
                deleted ? null : kv.getValue().getBytes(),
                kv.getModRevision(),
                kv.getCreateRevision(),
                kv.getVersion(),
                kv.getLease());
    }
}
