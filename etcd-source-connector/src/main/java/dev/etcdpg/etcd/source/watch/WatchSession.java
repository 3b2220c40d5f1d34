package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.client.EtcdRetryPolicy;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.source.metrics.RangeMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Merges a watch of a route's keys and a watch of the connectors' own keys by revision, without a gap after the revision at which the session
 * began. A broken connection does not end the session: {@link #reopen()} reopens the watch after the last revision that it received. The
 * session ends if etcd has compacted the next revision or has another history. Not thread-safe.
 */
public final class WatchSession implements AutoCloseable {

    private static final int DATA = 0;
    private static final int BOOKKEEPING = 1;

    /** The two watches. The next session uses them again. */
    public record Pair(EtcdWatch data, EtcdWatch bookkeeping) {}

    private final WatchSettings settings;
    private final RangeMetrics metrics;
    private final RevisionMerge<KeyChange> merge;
    private final List<WatchStream> streams;
    private long barrier;
    private @Nullable SessionEnd end;

    /**
     * Opens both watches.
     *
     * @param scope the route and key range, for messages
     * @param retries counts failures and successes of the watches
     * @param delivered revision up to and including which everything was delivered before
     */
    public WatchSession(
            String scope,
            WatchSettings settings,
            Pair watches,
            EtcdRetryPolicy retries,
            RangeMetrics metrics,
            long delivered) {
        this.settings = settings;
        this.metrics = metrics;
        this.merge = new RevisionMerge<>(2, delivered);
        this.streams = List.of(
                new WatchStream("watch of " + scope, watches.data(), merge.input(DATA), retries),
                new WatchStream(
                        "watch of the bookkeeping prefix", watches.bookkeeping(), merge.input(BOOKKEEPING), retries));
        streams.forEach(WatchStream::open);
    }

    /** Returns how the session ended, empty if it goes on. The caller must close an ended session and begin another. */
    public Optional<SessionEnd> end() {
        return Optional.ofNullable(end);
    }

    /** Returns whether a watch waits to be reopened. */
    public boolean isBroken() {
        return streams.stream().anyMatch(WatchStream::isBroken);
    }

    /**
     * Receives the inputs that the watches delivered.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException if a watch failed and the retries are exhausted
     */
    public void receive() {
        for (WatchStream stream : streams) {
            if (end == null) {
                stream.receive(settings.backlog()).ifPresent(this::endWith);
            }
        }
    }

    /** Returns the next revision that both watches have completed, or a part of a large one, and none after the limit. */
    public Optional<DeliveredRevision> next(long limit) {
        return merge.next(limit)
                .map(step -> new DeliveredRevision(
                        step.revision(), step.events().get(DATA), step.events().get(BOOKKEEPING), step.last()));
    }

    /** Returns the revision through which {@link #next} has returned all events. */
    public long through() {
        return merge.through();
    }

    /** Returns the highest revision that etcd is known to have had. */
    public long seen() {
        return Math.max(merge.input(DATA).frontier(), merge.input(BOOKKEEPING).frontier());
    }

    /** Returns the lowest revision after which {@link #reopen()} opens a watch. */
    public long reopensAfter() {
        return streams.stream()
                .filter(WatchStream::isBroken)
                .mapToLong(stream -> stream.input().frontier())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Reopens the broken watches. The caller must have made sure that etcd has the same history. */
    public void reopen() {
        for (WatchStream stream : streams) {
            if (stream.isBroken()) {
                metrics.count(Counter.WATCHES_REOPENED);
                stream.open();
            }
        }
    }

    /**
     * Fails each watch that was behind etcd at the last call and has been silent for too long, because its connection has died without an
     * error.
     *
     * @param revision the revision of etcd
     * @return whether a watch has failed
     */
    public boolean failSilentStreams(long revision) {
        boolean failed = false;
        for (WatchStream stream : streams) {
            if (stream.isDead(settings.silence())) {
                failed = true;
                stream.failSilent().ifPresent(this::endWith);
            }
            stream.target(revision);
        }
        return failed;
    }

    /**
     * Asks etcd for the progress of each watch that another watch or a snapshot waits for.
     *
     * @param until a revision that a snapshot waits for, 0 for none
     */
    public void requestProgress(long until) {
        barrier = until;
        streams.stream().filter(this::wantsProgress).forEach(WatchStream::requestProgress);
    }

    /** Returns the nanoseconds until {@link #requestProgress} has something to ask; {@link Long#MAX_VALUE} if it has nothing. */
    public long nanosUntilAsking() {
        return streams.stream()
                .filter(this::wantsProgress)
                .mapToLong(WatchStream::nanosUntilAsking)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    @Override
    public void close() {
        streams.forEach(WatchStream::close);
    }

    private boolean wantsProgress(WatchStream stream) {
        return stream.wantsProgress(merge.isAwaited(stream.input()), barrier);
    }

    private void endWith(SessionEnd ended) {
        if (ended.compacted()) {
            metrics.count(Counter.COMPACTIONS);
        }
        end = ended;
    }
}
