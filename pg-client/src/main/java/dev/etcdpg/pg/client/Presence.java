package dev.etcdpg.pg.client;

import dev.etcdpg.core.retry.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces a connector in the database, so that two connectors that do the same work notice each other. {@code etcd_announce} returns the names
 * of the others. Not thread-safe.
 */
public final class Presence {

    /** Kind of a connector in {@code etcd_connector}. */
    public enum Kind {
        /** Sends local changes to Kafka. */
        SOURCE("Both send each change."),
        /** Applies events of etcd. */
        SINK("Both read the same topics.");

        private final String consequence;

        Kind(String consequence) {
            this.consequence = consequence;
        }

        /** Returns the kind as the database has it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The instance of connectors whose tasks share the work. */
    public static final UUID SHARED = new UUID(0, 0);

    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    private final Kind kind;
    private final String name;
    private final RateLimit announcements;
    private final RateLimit warnings;

    /**
     * @param name name of the connector
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public Presence(Kind kind, String name, LongSupplier nanoTime) {
        this.kind = kind;
        this.name = name;
        this.announcements = new RateLimit(INTERVAL, nanoTime);
        this.warnings = new RateLimit(LOG_INTERVAL, nanoTime);
    }

    /** Returns the kind of the connector. */
    public Kind kind() {
        return kind;
    }

    /** Returns the name of the connector. */
    public String name() {
        return name;
    }

    /** Returns whether the connector must announce itself now. */
    public boolean isDue() {
        return announcements.isPermitted();
    }

    /**
     * Records that the connector has announced itself. Warns about others, at most once a minute.
     *
     * @param others names of others that do the same work; a name equal to this one belongs to another run, for example in another Connect cluster
     */
    public void announced(List<String> others) {
        announcements.done();
        if (!others.isEmpty() && warnings.acquire()) {
            LOG.warn(
                    "Connector {}: another PostgreSQL {} works on this database: {}. {} Delete one of them; it may run in another Connect cluster."
                            + " (See etcd_connector.)",
                    name,
                    kind.text(),
                    String.join(", ", others),
                    kind.consequence);
        }
    }
}
