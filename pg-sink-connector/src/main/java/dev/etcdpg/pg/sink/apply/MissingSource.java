package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.pg.sink.metrics.PostgresSinkMetrics;
import dev.etcdpg.pg.sink.store.SinkSession;
import dev.etcdpg.pg.sink.store.UnreadChanges;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks each minute for local changes that wait while no notify source works on the database, and warns. The sink must say so, because the
 * connector that reads these changes is missing. Outlives the session. Not thread-safe.
 */
public final class MissingSource {

    private static final Logger LOG = LoggerFactory.getLogger(MissingSource.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final RateLimit checks;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public MissingSource(LongSupplier nanoTime) {
        checks = new RateLimit(INTERVAL, nanoTime);
        checks.done();
    }

    /** Checks the routes, at most once a minute. */
    public void check(SinkSession session, Collection<String> routes, PostgresSinkMetrics metrics) throws SQLException {
        if (!checks.isPermitted()) {
            return;
        }
        List<UnreadChanges> unread = UnreadChanges.of(session, routes);
        checks.done();
        metrics.unread(routes, unread);
        unread.forEach(changes -> LOG.warn("{}", changes.describe()));
    }
}
