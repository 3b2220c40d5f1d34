package dev.etcdpg.pg.source;

import dev.etcdpg.core.retry.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces the source in the database, so that two sources that do the same work notice each other. {@code etcd_announce} returns the names
 * of the others. Not thread-safe.
 */
final class Presence {

    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    private final String name;
    private final RateLimit announcements;
    private final RateLimit warnings;

    /**
     * @param name name of the connector
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    Presence(String name, LongSupplier nanoTime) {
        this.name = name;
        this.announcements = new RateLimit(INTERVAL, nanoTime);
        this.warnings = new RateLimit(LOG_INTERVAL, nanoTime);
    }

    /** Returns the name of the connector. */
    String name() {
        return name;
    }

    /** Returns whether the connector must announce itself now. */
    boolean isDue() {
        return announcements.isPermitted();
    }

    /**
     * Records that the connector has announced itself. Warns about others, at most once a minute.
     *
     * @param others names of others that do the same work; a name equal to this one belongs to another run, for example in another Connect cluster
     */
    void announced(List<String> others) {
        announcements.done();
        if (!others.isEmpty() && warnings.acquire()) {
            LOG.warn(
                    "Connector {}: another PostgreSQL source works on this database: {}. Both send each change. Delete one of them; it may run in another Connect cluster."
                            + " (See etcd_connector.)",
                    name,
                    String.join(", ", others));
        }
    }
}
