package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Route;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.schema.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to PostgreSQL: connects when needed, and makes or checks the tables before the first use. */
public final class SinkDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SinkDatabase.class);

    /**
     * Longer than any statement of a task takes, and shorter than {@code max.poll.interval.ms}, 5 minutes, after which Connect takes a task that
     * is still busy for lost.
     */
    private static final Duration NETWORK_TIMEOUT = Duration.ofMinutes(4);

    private final PostgresConfig config;
    private final Duration networkTimeout;
    private final String name;
    private final List<Route> routes;
    private final String tableSchema;
    private final boolean create;
    private Map<String, MirroredTable> tables;
    private SinkSession session;
    private boolean proven;

    /**
     * @param name of the connection, for pg_stat_activity
     * @param tableSchema where tables are that do not exist yet
     * @param create whether to create and upgrade what is missing
     */
    public SinkDatabase(PostgresConfig config, String name, List<Route> routes, String tableSchema, boolean create) {
        this(config, NETWORK_TIMEOUT, name, routes, tableSchema, create);
    }

    /** @param networkTimeout a server that does not answer for so long is given up */
    SinkDatabase(
            PostgresConfig config,
            Duration networkTimeout,
            String name,
            List<Route> routes,
            String tableSchema,
            boolean create) {
        this.config = config;
        this.networkTimeout = networkTimeout;
        this.name = name;
        this.routes = routes;
        this.tableSchema = tableSchema;
        this.create = create;
    }

    public boolean isConnected() {
        return session != null;
    }

    /** @throws ConnectException if the tables are not there, or not as the configuration says */
    public SinkSession session() throws SQLException {
        if (session == null) {
            if (tables == null) {
                tables = prepare();
            }
            session = new SinkSession(config.open(name, networkTimeout));
        }
        return session;
    }

    /** By name of the route; after {@link #session()}. */
    public Map<String, MirroredTable> tables() {
        return tables;
    }

    private Map<String, MirroredTable> prepare() throws SQLException {
        // first, because it says in its own words why it cannot connect; a route is installed on a table of any size
        try (Connection connection = config.open(name, Duration.ZERO)) {
            if (create) {
                migrate();
                for (Route route : routes) {
                    install(connection, route);
                }
            } else {
                check(connection);
            }
            Map<String, MirroredTable> found = new HashMap<>();
            for (Route route : routes) {
                found.put(route.name(), table(connection, route));
            }
            return found;
        }
    }

    private void migrate() throws SQLException {
        try {
            Migrations.apply(config.url(), config.user(), config.password(), config.bookkeepingSchema());
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql && SqlFaults.isTransient(sql)) {
                    throw sql;
                }
            }
            throw new ConnectException(
                    "Creating or upgrading the tables in schema " + config.bookkeepingSchema()
                            + " failed. Give the role the rights, or have them made by someone who has (auto.create=false): "
                            + e.getMessage(),
                    e);
        }
    }

    private void install(Connection connection, Route route) throws SQLException {
        try {
            new Query(connection, Sql.of("install"))
                    .add(route.name())
                    .add(route.prefix())
                    .add(tableSchema)
                    .add(route.name())
                    .list(row -> null);
        } catch (SQLException e) {
            if (SqlFaults.isTransient(e)) {
                throw e;
            }
            throw new ConnectException(
                    "Route " + route.name() + " cannot be installed on table " + tableSchema + "." + route.name() + ": "
                            + SqlFaults.describe(e),
                    e);
        }
        LOG.info("Route {} ({}) is installed", route.name(), route.prefix());
    }

    private void check(Connection connection) throws SQLException {
        boolean complete = new Query(connection, Sql.of("installed"))
                .list(row -> row.getBoolean(1) && row.getBoolean(2))
                .get(0);
        if (!complete) {
            throw new ConnectException(
                    "The bookkeeping tables or functions are missing in schema " + config.bookkeepingSchema()
                            + ", and auto.create=false. Run the SQL files of the plugin archive there, or set auto.create=true.");
        }
    }

    private MirroredTable table(Connection connection, Route route) throws SQLException {
        List<MirroredTable> found = new Query(connection, Sql.of("route"))
                .add(route.name())
                .list(row -> {
                    if (!route.prefix().equals(row.getString(1))) {
                        throw new ConnectException("Route " + route.name() + " is installed for the prefix "
                                + row.getString(1) + ", not for " + route.prefix()
                                + ". Take another name for the new prefix.");
                    }
                    return MirroredTable.of(route, row.getString(2), row.getString(3));
                });
        if (found.isEmpty()) {
            throw new ConnectException("Route " + route.name()
                    + " is not installed, and auto.create=false. Run: select "
                    + config.bookkeepingSchema() + ".etcd_install('" + route.name() + "', '" + route.prefix() + "', '"
                    + tableSchema + "', '" + route.name() + "')");
        }
        return found.get(0);
    }

    /** The tables have been used, so they were there. */
    public void proven() {
        proven = true;
    }

    /**
     * Something is missing.
     *
     * @return whether it was there before, so that the next use makes or checks everything anew; else that would not help
     */
    public boolean forget() {
        boolean wasThere = proven;
        proven = false;
        tables = null;
        return wasThere;
    }

    /** Closes the connection; the next use opens another. */
    public void disconnect() {
        if (session != null) {
            try {
                session.close();
            } catch (SQLException e) {
                LOG.debug("Closing a connection: {}", e.getMessage());
            }
            session = null;
        }
    }

    @Override
    public void close() {
        disconnect();
    }
}
