package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.pg.sink.store.Retention;
import dev.etcdpg.pg.sink.store.RetentionStore;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes old entries of the history and old conflicts beside the work of the task, in small transactions that take at most a tenth of its time.
 * After a pass over all keys, the pruner rests. Outlives the session. Not thread-safe.
 */
public final class HistoryPruner {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryPruner.class);
    private static final Duration REST = Duration.ofMinutes(1);

    /** A pause is as much longer than the piece of work before it. */
    private static final int PAUSE_FACTOR = 9;

    private final Retention retention;
    private final LongSupplier nanoTime;
    private final Deque<Work> left = new ArrayDeque<>();
    private Deadline next;
    private long removed;

    private record Work(String route, boolean isHistory) {}

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public HistoryPruner(Retention retention, LongSupplier nanoTime) {
        this.retention = retention;
        this.nanoTime = nanoTime;
        next = Deadline.passed(nanoTime);
    }

    /** Does a piece of work, unless it is too early. */
    public void prune(SinkSession session, Collection<String> routes) throws SQLException {
        if (!next.hasPassed()) {
            return;
        }
        if (left.isEmpty()) {
            routes.stream().sorted().flatMap(this::work).forEach(left::add);
        }
        Work work = left.peek();
        if (work == null) {
            next = Deadline.after(REST, nanoTime);
            return;
        }
        long start = nanoTime.getAsLong();
        RetentionStore store = new RetentionStore(session, retention);
        RetentionStore.Piece piece =
                work.isHistory() ? store.pruneHistory(work.route()) : store.pruneConflicts(work.route());
        removed += piece.removed();
        if (piece.isEnded()) {
            LOG.debug(
                    "Route {}: retention has removed {} {}",
                    work.route(),
                    removed,
                    work.isHistory() ? "revisions" : "conflicts");
            removed = 0;
            left.remove();
        }
        next = Deadline.after(left.isEmpty() ? REST : pauseAfter(nanoTime.getAsLong() - start), nanoTime);
    }

    private static Duration pauseAfter(long nanos) {
        return Duration.ofNanos(PAUSE_FACTOR * nanos);
    }

    private Stream<Work> work(String route) {
        return Stream.of(new Work(route, true), new Work(route, false))
                .filter(work -> work.isHistory() ? retention.limitsHistory() : retention.limitsConflicts());
    }
}
