package dev.etcdpg.pg.sink.store;

import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Removes old entries of {@code etcd_history} and {@code etcd_conflict} in small pieces. Each method is a transaction. */
public final class RetentionStore {

    private static final int KEYS_PER_PIECE = 500;
    private static final int ROWS_PER_PIECE = 1_000;

    private final SinkSession session;
    private final Retention retention;

    public RetentionStore(SinkSession session, Retention retention) {
        this.session = session;
        this.retention = retention;
    }

    /**
     * The result of a piece of work.
     *
     * @param isEnded whether the last key of the route was reached, or another session does this work
     */
    public record Piece(long removed, boolean isEnded) {}

    /** Looks at the next keys of a route. */
    public Piece pruneHistory(String route) throws SQLException {
        session.settle();
        Piece piece = session.sql("prune_history")
                .set("route", route)
                .set("older_than_ms", millis(retention.history()))
                .set("keep", retention.perKey())
                .set("max_keys", KEYS_PER_PIECE)
                .set("max_rows", ROWS_PER_PIECE)
                .one(row -> new Piece(row.getLong("removed"), row.getBoolean("ended")));
        session.commit();
        return piece;
    }

    /** Removes the oldest conflicts of a route. */
    public Piece pruneConflicts(String route) throws SQLException {
        session.settle();
        long removed = session.sql("prune_conflicts")
                .set("route", route)
                .set("older_than_ms", millis(retention.conflicts()))
                .set("max_rows", ROWS_PER_PIECE)
                .one(row -> row.getLong("removed"));
        session.commit();
        return new Piece(removed, removed < ROWS_PER_PIECE);
    }

    private static @Nullable Long millis(@Nullable Duration time) {
        return time == null ? null : time.toMillis();
    }
}
