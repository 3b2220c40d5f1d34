package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.client.Statements;
import java.sql.SQLException;

/**
 * Limits how long the current transaction may still wait for others. PostgreSQL looks for a deadlock in the session that has waited for
 * {@code deadlock_timeout}, and an application may have waited for the sink since the sink's first lock. The sink stops waiting before that
 * time has passed, so an application is never the victim.
 */
public final class WaitLimits {

    /** Time in ms by which the sink stops waiting earlier than necessary; at most half of {@code deadlock_timeout}. */
    private static final long MARGIN_MS = 50;

    /** Adds statements to which the limits apply, and yields their result. */
    @FunctionalInterface
    public interface LimitedStatements<T> {
        T addTo(Pipeline pipeline) throws SQLException;
    }

    private final Statements statements;
    private final long deadlockTimeoutMs;
    private final String sessionLockTimeout;
    private final String sessionStatementTimeout;
    private boolean locking;
    private long firstLockNanos;

    /** @param sessionLockTimeout limits of the session, which are restored after limited statements */
    WaitLimits(
            Statements statements, long deadlockTimeoutMs, String sessionLockTimeout, String sessionStatementTimeout) {
        this.statements = statements;
        this.deadlockTimeoutMs = deadlockTimeoutMs;
        this.sessionLockTimeout = sessionLockTimeout;
        this.sessionStatementTimeout = sessionStatementTimeout;
    }

    /** Records that a transaction begins, which holds no lock. */
    void begin() {
        locking = false;
    }

    /** Records that the next statement takes a lock that an application may wait for. */
    public void startLocking() {
        if (!locking) {
            locking = true;
            firstLockNanos = System.nanoTime();
        }
    }

    /** Returns whether there is time left in which the sink may wait. */
    public boolean hasTime() {
        return remainingMs() > 0;
    }

    private long remainingMs() {
        long passed = locking ? (System.nanoTime() - firstLockNanos) / 1_000_000 : 0;
        return deadlockTimeoutMs - Math.min(MARGIN_MS, deadlockTimeoutMs / 2) - passed;
    }

    /**
     * Adds statements to a pipeline, and limits the wait for a lock and the duration of each of them. Statements that are added later have the
     * limits of the session. Call this method only if {@link #hasTime} is true, and run the pipeline at once, because the limits count from
     * now.
     *
     * @param longestMs longest wait for one lock, in ms
     */
    public <T> T within(long longestMs, Pipeline pipeline, LimitedStatements<T> limited) throws SQLException {
        long remaining = Math.max(1, remainingMs());
        pipeline.add(limits(Long.toString(Math.min(longestMs, remaining)), Long.toString(remaining)));
        T result = limited.addTo(pipeline);
        pipeline.add(limits(sessionLockTimeout, sessionStatementTimeout));
        return result;
    }

    private SqlStatement limits(String lockTimeout, String statementTimeout) {
        return statements.of("limit_waits").set("lock_timeout", lockTimeout).set("statement_timeout", statementTimeout);
    }
}
