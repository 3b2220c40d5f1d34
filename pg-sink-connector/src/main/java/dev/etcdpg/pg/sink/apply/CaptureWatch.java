package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.pg.sink.metrics.PostgresSinkMetrics;
import dev.etcdpg.pg.sink.store.CaptureFault;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks each minute whether the triggers capture the changes of applications, and warns. Somebody may disable triggers for a bulk load and forget to
 * enable them. Outlives the session. Not thread-safe.
 */
public final class CaptureWatch {

    private static final Logger LOG = LoggerFactory.getLogger(CaptureWatch.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final RateLimit checks;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public CaptureWatch(LongSupplier nanoTime) {
        checks = new RateLimit(INTERVAL, nanoTime);
        checks.done();
    }

    /** Checks the routes, at most once a minute. */
    public void check(SinkSession session, Collection<String> routes, PostgresSinkMetrics metrics) throws SQLException {
        if (!checks.isPermitted()) {
            return;
        }
        List<CaptureFault> faults = CaptureFault.of(session, routes);
        checks.done();
        metrics.captureFaults(routes, faults);
        faults.forEach(fault -> LOG.warn("{}", fault.describe()));
    }
}
