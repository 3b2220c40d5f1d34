package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdRetryPolicy;
import dev.etcdpg.etcd.source.history.HistoryCheck.Action;
import dev.etcdpg.etcd.source.history.HistoryGuard;
import dev.etcdpg.etcd.source.snapshot.SnapshotCoordinator;
import dev.etcdpg.etcd.source.watch.WatchSession;
import dev.etcdpg.etcd.store.EpochStore;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Keeps a reader's watch session open: begins it, reopens broken watches, and begins another when it has ended. Not thread-safe. */
final class ReaderSession implements AutoCloseable {

    private final EpochStore epochs;
    private final HistoryGuard history;
    private final SessionStart start;
    private final SnapshotCoordinator snapshots;
    private final ReaderSchedule schedule;
    private final Watches watches;
    private @Nullable WatchSession session;
    /** The reason why the next session must begin with a snapshot; null if it need not. */
    private @Nullable String gap;

    /**
     * The means to open the watches.
     *
     * @param open begins a session after a revision
     * @param requests the pauses between requests to etcd
     * @param retries the pauses between attempts to open a watch
     */
    record Watches(LongFunction<WatchSession> open, EtcdRetryPolicy requests, EtcdRetryPolicy retries) {}

    ReaderSession(
            EpochStore epochs,
            HistoryGuard history,
            SessionStart start,
            SnapshotCoordinator snapshots,
            ReaderSchedule schedule,
            Watches watches) {
        this.epochs = epochs;
        this.history = history;
        this.start = start;
        this.snapshots = snapshots;
        this.schedule = schedule;
        this.watches = watches;
    }

    /** Returns the open session, null if there is none. */
    @Nullable
    WatchSession current() {
        return session;
    }

    /**
     * Begins a session, or reopens the broken watches of the open one.
     *
     * @return null if no session could begin yet
     * @throws EtcdFailure if etcd did not answer; the next call tries again
     */
    @Nullable
    WatchSession connect() {
        if (session == null) {
            begin();
        } else if (session.isBroken()
                && watches.requests().isReady()
                && watches.retries().isReady()) {
            reopen(session);
        }
        return session;
    }

    private void begin() {
        start.prepare(epochs.state(), gap).ifPresent(found -> {
            gap = null;
            session = watches.open().apply(found.delivered());
            schedule.restart();
            if (found.storeOffset()) {
                schedule.sendHeartbeatNow();
            }
        });
    }

    private void reopen(WatchSession broken) {
        try {
            if (history.judge(epochs.state()).action() != Action.GO_ON) {
                end(null);
                return;
            }
            Optional<String> missed = history.gapAfter(broken.reopensAfter());
            if (missed.isPresent()) {
                end(missed.get());
            } else {
                broken.reopen();
            }
        } catch (EtcdFailure e) {
            watches.retries().postpone(e);
            throw e;
        }
    }

    /**
     * Ends the session.
     *
     * @param why reason why the next session must begin with a snapshot; null if it can continue after the last delivered revision
     */
    void end(@Nullable String why) {
        close();
        session = null;
        snapshots.cutOff();
        gap = why;
    }

    /** Returns the nanoseconds until {@link #connect()} has work; {@link Long#MAX_VALUE} while the session is open and unbroken. */
    long nanosUntilConnect() {
        return session == null || session.isBroken()
                ? Math.max(
                        watches.requests().nanosUntilReady(), watches.retries().nanosUntilReady())
                : Long.MAX_VALUE;
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}
