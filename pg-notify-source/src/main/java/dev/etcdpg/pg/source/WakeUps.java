package dev.etcdpg.pg.source;

import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.pg.client.PostgresConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for notifications, or for time only if the source does not listen. Replaces a listener whose connection is lost. */
final class WakeUps implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WakeUps.class);

    /**
     * Interval at which notifications are taken from the connection while records flow and nobody waits, so that notifications do not pile up.
     */
    private static final Duration DRAIN_INTERVAL = Duration.ofSeconds(1);

    /** Interval at which the source checks that the listening connection still answers. */
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(15);

    private final PostgresConfig config;
    private final boolean listens;
    private final CountDownLatch stopped;
    private final RateLimit drain;
    private final RateLimit check;
    private @Nullable WakeListener listener;

    /**
     * @param stopped ends a wait for time
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    WakeUps(PostgresConfig config, boolean listens, CountDownLatch stopped, LongSupplier nanoTime) {
        this.config = config;
        this.listens = listens;
        this.stopped = stopped;
        this.drain = new RateLimit(DRAIN_INTERVAL, nanoTime);
        drain.done();
        this.check = new RateLimit(CHECK_INTERVAL, nanoTime);
        check.done();
    }

    /** Returns whether notifications are received, so that changes must notify. */
    boolean isListening() {
        return listener != null;
    }

    /**
     * Waits for a notification. A new listener counts as a notification, because earlier notifications are lost.
     *
     * @param longest longest wait; with zero, the call does not wait
     * @return whether there is reason to dispatch before {@code longest} is over
     */
    boolean await(Duration longest) throws SQLException, InterruptedException {
        if (!listens) {
            stopped.await(longest.toNanos(), TimeUnit.NANOSECONDS);
            return false;
        }
        if (listener == null) {
            listener = WakeListener.open(config);
            return true;
        }
        if (longest.isZero() && !drain.isPermitted()) {
            return false;
        }
        drain.done();
        try {
            if (check.acquire()) {
                listener.check();
            }
            return listener.await(longest);
        } catch (SQLException e) {
            LOG.info("The listening connection was lost and is replaced: {}", e.getMessage());
            close();
            listener = WakeListener.open(config);
            return true;
        }
    }

    @Override
    public void close() {
        WakeListener closed = listener;
        listener = null;
        if (closed != null) {
            try {
                closed.close();
            } catch (SQLException e) {
                LOG.debug("The listening connection did not close in order: {}", e.getMessage());
            }
        }
    }
}
