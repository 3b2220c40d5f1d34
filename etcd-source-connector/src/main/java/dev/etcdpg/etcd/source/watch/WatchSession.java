package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.client.EtcdErrors;
import dev.etcdpg.etcd.client.EtcdRetryPolicy;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.source.ReaderSettings;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.partition.Scope;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch of a route's keys and one of the connectors' own keys, merged by revision, without a gap since the revision at which the session
 * began. A broken connection does not end it: the watch is opened again where it was. Compaction, or another history of etcd, ends it. Not
 * thread-safe.
 */
public final class WatchSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WatchSession.class);

    private static final int FAILURES_FORGIVEN = 3;
    private static final int DATA = 0;
    private static final int BOOKKEEPING = 1;

    /** The two watches, used again by the next session. */
    public record Pair(EtcdWatch data, EtcdWatch bookkeeping) {}

    private final Scope scope;
    private final ReaderSettings settings;
    private final EtcdWatch[] watches;
    private final EtcdRetryPolicy patience;
    private final SourceMetrics metrics;
    private final RevisionMerge<KeyChange> merge;
    private final boolean[] broken = new boolean[2];
    private final long[] target = new long[2];
    private final long[] failedAt = {-1, -1};
    private final int[] failedThere = new int[2];
    private long barrier;
    private boolean ended;
    private String gap;

    /** @param delivered revision up to which, with it, everything was delivered */
    public WatchSession(
            Scope scope,
            ReaderSettings settings,
            Pair watches,
            EtcdRetryPolicy patience,
            SourceMetrics metrics,
            long delivered) {
        this.scope = scope;
        this.settings = settings;
        this.watches = new EtcdWatch[] {watches.data, watches.bookkeeping};
        this.patience = patience;
        this.metrics = metrics;
        this.merge = new RevisionMerge<>(2, delivered);
        open(DATA);
        open(BOOKKEEPING);
    }

    /** Whether it is over: close it and begin another. */
    public boolean hasEnded() {
        return ended;
    }

    /** Why only a snapshot can tell what comes after the end; null if the next session can go on there. */
    public String gap() {
        return gap;
    }

    /** Whether a watch waits to be opened again. */
    public boolean isBroken() {
        return broken[DATA] || broken[BOOKKEEPING];
    }

    /** Takes in what the watches have said. */
    public void receive() {
        for (int lane = 0; lane < watches.length; lane++) {
            WatchInput input;
            while (!ended && merge.backlog(lane) < settings.batchSize() && (input = watches[lane].poll()) != null) {
                received(lane, input);
            }
        }
    }

    /** The next whole revision that both watches are past, none after the limit. */
    public Optional<Delivery> next(long limit) {
        return merge.next(limit)
                .map(step -> new Delivery(
                        step.revision(), step.lanes().get(DATA), step.lanes().get(BOOKKEEPING)));
    }

    /** Revision up to which, with it, everything was given by {@link #next}. */
    public long through() {
        return merge.through();
    }

    /** The highest revision known to have been there. */
    public long seen() {
        return Math.max(merge.frontier(DATA), merge.frontier(BOOKKEEPING));
    }

    /** Opens what is broken. The caller has made sure that etcd has the same history. */
    public void reopen() {
        for (int lane = 0; lane < watches.length; lane++) {
            if (broken[lane]) {
                metrics.count(Counter.WATCHES_REOPENED);
                open(lane);
            }
        }
    }

    /**
     * etcd is at this revision: a watch that is behind, and was silent for long, has died.
     *
     * @return whether one has
     */
    public boolean etcdIsAt(long revision) {
        boolean died = false;
        for (int lane = 0; lane < watches.length; lane++) {
            if (merge.frontier(lane) < target[lane] && !broken[lane] && watches[lane].isSilentFor(settings.silence())) {
                LOG.warn(
                        "{}: a watch is at revision {} and silent, etcd is at {}",
                        scope,
                        merge.frontier(lane),
                        revision);
                failed(lane, new TimeoutException("the watch is silent"));
                died = true;
            }
            target[lane] = revision;
        }
        return died;
    }

    /** Asks how far the watches are, where something waits to know. @param until a revision that somebody waits for, 0 for none */
    public void askForProgress(long until) {
        barrier = until;
        for (int lane = 0; lane < watches.length; lane++) {
            if (wantsProgress(lane)) {
                watches[lane].requestProgress();
            }
        }
    }

    /** How long until there is something to be asked. */
    public long nanosUntilAsking() {
        long until = Long.MAX_VALUE;
        for (int lane = 0; lane < watches.length; lane++) {
            if (wantsProgress(lane)) {
                until = Math.min(until, Math.max(0, watches[lane].nanosUntilAsking()));
            }
        }
        return until;
    }

    @Override
    public void close() {
        for (EtcdWatch watch : watches) {
            watch.close();
        }
    }

    private boolean wantsProgress(int lane) {
        return !broken[lane]
                && (merge.waitsFor(lane) || merge.frontier(lane) < target[lane] || merge.frontier(lane) < barrier);
    }

    private void open(int lane) {
        broken[lane] = false;
        target[lane] = 0;
        watches[lane].open(merge.frontier(lane) + 1);
    }

    private void received(int lane, WatchInput input) {
        if (input instanceof WatchInput.Failed failure) {
            failed(lane, failure.cause());
            return;
        }
        if (!(input instanceof WatchInput.Created) || !failsHereAgainAndAgain(lane)) {
            patience.succeeded(name(lane));
        }
        if (input instanceof WatchInput.Progress progress) {
            merge.progress(lane, progress.revision());
        } else if (input instanceof WatchInput.Events events) {
            for (WatchInput.RevisionEvents revision : events.revisions()) {
                if (!merge.events(lane, revision.revision(), revision.changes(), revision.weight())) {
                    end("a watch delivered revision " + revision.revision() + " after it was said to be past it");
                    return;
                }
            }
        }
    }

    private void failed(int lane, Throwable cause) {
        switch (EtcdErrors.kind(cause)) {
            case COMPACTED -> {
                metrics.count(Counter.COMPACTIONS);
                end("revision " + (merge.frontier(lane) + 1) + " was compacted: " + cause.getMessage());
            }
            case FUTURE -> end(null);
            // the same would come again: pages of a snapshot are smaller
            case RESPONSE_TOO_LARGE ->
                end("the events after revision " + merge.frontier(lane) + " are too many bytes at once: "
                        + cause.getMessage());
            default -> {
                broken[lane] = true;
                failedThere[lane] = failedAt[lane] == merge.frontier(lane) ? failedThere[lane] + 1 : 1;
                failedAt[lane] = merge.frontier(lane);
                watches[lane].close();
                patience.failed(name(lane), cause);
            }
        }
    }

    /** Being created is no success for a watch that fails before anything comes, each time it is opened. */
    private boolean failsHereAgainAndAgain(int lane) {
        return failedAt[lane] == merge.frontier(lane) && failedThere[lane] > FAILURES_FORGIVEN;
    }

    private void end(String why) {
        ended = true;
        gap = why;
    }

    private String name(int lane) {
        return lane == DATA ? "watch of " + scope : "watch of the bookkeeping prefix";
    }
}
