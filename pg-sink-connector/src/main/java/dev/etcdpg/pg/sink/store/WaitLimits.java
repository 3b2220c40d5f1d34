package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.client.Statements;
import java.sql.SQLException;

/**
 * How long the current transaction may still wait for others. PostgreSQL looks for a deadlock in the session that has waited for
 * {@code deadlock_timeout}, and an application may have waited for the sink since the sink's first lock. The sink stops waiting before that
 * time has passed, so an application is never the victim.
 */
public final class WaitLimits {

    /** The sink stops waiting so much earlier than necessary, in ms; at most half of {@code deadlock_timeout}. */
    private static final long MARGIN_MS = 50;

    /** Adds statements that the limits hold for; yields their result. */
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

    /** @param sessionLockTimeout limits of the session, restored behind limited statements */
    WaitLimits(
            Statements statements, long deadlockTimeoutMs, String sessionLockTimeout, String sessionStatementTimeout) {
        this.statements = statements;
        this.deadlockTimeoutMs = deadlockTimeoutMs;
        this.sessionLockTimeout = sessionLockTimeout;
        this.sessionStatementTimeout = sessionStatementTimeout;
    }

    /** A transaction begins: it holds no lock. */
    void begin() {
        locking = false;
    }

    /** The next statement takes a lock that an application may wait for. */
    public void startLocking() {
        if (!locking) {
            locking = true;
            firstLockNanos = System.nanoTime();
        }
    }

    /** Whether there is time left in which the sink may wait. */
    public boolean hasTime() {
        return remainingMs() > 0;
    }

    private long remainingMs() {
        long passed = locking ? (System.nanoTime() - firstLockNanos) / 1_000_000 : 0;
        return deadlockTimeoutMs - Math.min(MARGIN_MS, deadlockTimeoutMs / 2) - passed;
    }

    /**
     * Adds statements to a pipeline, each of them limited in its wait for a lock and in its duration; statements added later have the limits of
     * the session. Call this only if {@link #hasTime} and run the pipeline at once: the limits count from now.
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
