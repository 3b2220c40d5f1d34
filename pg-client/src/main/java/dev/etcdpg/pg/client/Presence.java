package dev.etcdpg.pg.client;

import dev.etcdpg.core.retry.RateLimit;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces a connector in the database, so that two connectors that do the same work notice each other. {@code etcd_announce} returns the names
 * of the others. Not thread-safe.
 */
public final class Presence {

    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final SqlFiles SQL = new SqlFiles(Presence.class, "sql");
    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    /** The instance of connectors whose tasks share the work. */
    private static final UUID SHARED = new UUID(0, 0);

    private final String kind;
    private final String name;
    private final UUID instance;
    private final List<String> routes;
    private final String warning;
    private final RateLimit announcements;
    private final RateLimit warnings;

    private Presence(
            String kind, String name, UUID instance, List<String> routes, String warning, LongSupplier nanoTime) {
        this.kind = kind;
        this.name = name;
        this.instance = instance;
        this.routes = List.copyOf(routes);
        this.warning = warning;
        this.announcements = new RateLimit(INTERVAL, nanoTime);
        this.warnings = new RateLimit(LOG_INTERVAL, nanoTime);
    }

    /**
     * Returns the presence of one run of a source of local changes. A source sends the changes of all routes, so any other source is one too
     * many, even one of the same name in another Connect cluster.
     *
     * @param name name of the connector
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public static Presence ofSource(String name, LongSupplier nanoTime) {
        return new Presence(
                "source",
                name,
                UUID.randomUUID(),
                List.of(),
                "another PostgreSQL source works on this database: {}. Both send each change.",
                nanoTime);
    }

    /**
     * Returns the presence of a task of a sink. The tasks of one sink share its work, and sinks of different routes do not disturb each other.
     *
     * @param name name of the connector
     * @param routes names of the routes of the connector
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public static Presence ofSink(String name, List<String> routes, LongSupplier nanoTime) {
        return new Presence(
                "sink",
                name,
                SHARED,
                routes,
                "another PostgreSQL sink writes routes of this one into this database: {}. Both apply each event of these routes.",
                nanoTime);
    }

    /** Returns whether the connector must announce itself now. */
    public boolean isDue() {
        return announcements.isPermitted();
    }

    /**
     * Returns the statement that announces the connector. Its rows are the names of others that do the same work; a name equal to this one
     * belongs to another run, for example in another Connect cluster.
     */
    public SqlStatement statement(Connection connection) throws SQLException {
        return new Statements(connection, SQL)
                .of("announce")
                .set("kind", kind)
                .set("name", name)
                .set("instance", instance.toString())
                .texts("routes", routes);
    }

    /**
     * Records that the connector has announced itself. Warns about others, at most once a minute.
     *
     * @param others the rows of {@link #statement}
     */
    public void announced(List<String> others) {
        announcements.done();
        if (!others.isEmpty() && warnings.acquire()) {
            LOG.warn(
                    "Connector {}: " + warning
                            + " Delete one of them; it may run in another Connect cluster. (See etcd_connector.)",
                    name,
                    String.join(", ", others));
        }
    }
}
