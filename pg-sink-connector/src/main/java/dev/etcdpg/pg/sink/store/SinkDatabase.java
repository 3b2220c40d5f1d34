package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.Route;
import dev.etcdpg.pg.client.Identifiers;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.ReadOnlyServer;
import dev.etcdpg.pg.client.SequenceRepair;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.client.Statements;
import dev.etcdpg.pg.schema.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to PostgreSQL when needed, and creates or checks the tables before the first use. */
public final class SinkDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SinkDatabase.class);

    /**
     * Longer than any statement of a task takes, and shorter than {@code max.poll.interval.ms} (5 minutes), after which the consumer group
     * excludes a task that is still busy.
     */
    private static final Duration NETWORK_TIMEOUT = Duration.ofMinutes(4);

    private final PostgresConfig config;
    private final Duration networkTimeout;
    private final String name;
    private final List<Route> routes;
    private final Installation installation;
    private @Nullable Map<String, MirroredTable> tables;
    private @Nullable SinkSession session;
    private boolean proven;

    /**
     * @param name application name of the connection, shown in pg_stat_activity
     * @param routes routes whose tables the sink uses
     */
    public SinkDatabase(PostgresConfig config, String name, List<Route> routes, Installation installation) {
        this(config, NETWORK_TIMEOUT, name, routes, installation);
    }

    /** @param networkTimeout time without an answer of the server after which the session fails */
    SinkDatabase(
            PostgresConfig config,
            Duration networkTimeout,
            String name,
            List<Route> routes,
            Installation installation) {
        this.config = config;
        this.networkTimeout = networkTimeout;
        this.name = name;
        this.routes = routes;
        this.installation = installation;
    }

    public boolean isConnected() {
        return session != null;
    }

    /**
     * Returns the open session, or opens one.
     *
     * @throws ConnectException if the tables are missing, or do not match the configuration
     */
    public SinkSession session() throws SQLException {
        if (session == null) {
            if (tables == null) {
                tables = prepare();
            } else {
                repairSequences(); // the server may be another one, after a failover to a logical replica
            }
            session = new SinkSession(open(networkTimeout), config.bookkeepingSchema());
        }
        return session;
    }

    /** Returns the tables by the name of their route. The tables are known after {@link #session()}. */
    public Map<String, MirroredTable> tables() {
        return Objects.requireNonNull(tables, "session() was not called");
    }

    /** Opens a connection to a server that accepts writes. */
    private Connection open(Duration timeout) throws SQLException {
        Connection connection = config.open(name, timeout);
        try {
            ReadOnlyServer.refuse(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void repairSequences() throws SQLException {
        try (Connection connection = open(Duration.ZERO)) {
            connection.setAutoCommit(false);
            Statements sql = new Statements(connection, SinkSession.SQL);
            setSearchPath(sql);
            repairSequences(sql);
            connection.commit();
        }
    }

    private static void repairSequences(Statements sql) throws SQLException {
        sql.of("repair_sequences").one(SequenceRepair::of).log(LOG);
    }

    private void setSearchPath(Statements sql) throws SQLException {
        sql.of("search_path")
                .set("search_path", Identifiers.searchPath(config.bookkeepingSchema()))
                .run();
    }

    private Map<String, MirroredTable> prepare() throws SQLException {
        // connects before the migrations, whose errors do not say as clearly why a connection fails; has no network
        // timeout, because installing a route may take long
        try (Connection connection = open(Duration.ZERO)) {
            String obstacle = SessionObstacle.find(connection);
            if (obstacle != null) {
                throw new ConnectException(obstacle);
            }
            Statements sql = new Statements(connection, SinkSession.SQL);
            if (installation.isAutomatic()) {
                migrate();
            }
            connection.setAutoCommit(false);
            setSearchPath(sql);
            if (installation.isAutomatic()) {
                for (Route route : routes) {
                    install(sql, route);
                }
            } else {
                check(sql);
            }
            repairSequences(sql);
            Map<String, MirroredTable> found = new HashMap<>();
            for (Route route : routes) {
                found.put(route.name(), table(sql, route));
            }
            connection.commit();
            return found;
        }
    }

    private void migrate() throws SQLException {
        try {
            Migrations.apply(config.connections(), config.bookkeepingSchema());
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql && SqlFaults.isTransient(sql)) {
                    throw sql;
                }
            }
            throw new ConnectException(
                    "Creating or upgrading the tables in schema " + config.bookkeepingSchema()
                            + " failed. Grant the rights to the role, or have a role with the rights create the tables (auto.create=false): "
                            + e.getMessage(),
                    e);
        }
    }

    private void install(Statements sql, Route route) throws SQLException {
        try {
            sql.of("install_route")
                    .set("route", route.name())
                    .set("prefix", route.prefix())
                    .set("table_schema", installation.tableSchema())
                    .set("table_name", route.name())
                    .set("existing_rows", installation.existingRows().name().toLowerCase(Locale.ROOT))
                    .run();
        } catch (SQLException e) {
            if (SqlFaults.isTransient(e)) {
                throw e;
            }
            throw new ConnectException(
                    "Route " + route.name() + " cannot be installed on table " + installation.tableSchema() + "."
                            + route.name() + ": " + SqlFaults.describe(e),
                    e);
        }
        LOG.info("Route {} ({}) is installed", route.name(), route.prefix());
    }

    private void check(Statements sql) throws SQLException {
        boolean complete = sql.of("installed").one(row -> row.getBoolean("tables") && row.getBoolean("functions"));
        if (!complete) {
            throw new ConnectException(
                    "The bookkeeping tables or functions are missing in schema " + config.bookkeepingSchema()
                            + ", and auto.create=false. Run the SQL files of the plugin archive there, or set auto.create=true.");
        }
    }

    private MirroredTable table(Statements sql, Route route) throws SQLException {
        MirroredTable found = sql.of("route").set("route", route.name()).first(row -> {
            String prefix = row.getString("prefix");
            if (!route.prefix().equals(prefix)) {
                throw new ConnectException("Route " + route.name() + " is installed for the prefix " + prefix
                        + ", not for " + route.prefix() + ". Choose another route name for the new prefix.");
            }
            return MirroredTable.of(route, row.getString("table_schema"), row.getString("table_name"));
        });
        if (found == null) {
            throw new ConnectException("Route " + route.name()
                    + " is not installed, and auto.create=false. Run: select "
                    + config.bookkeepingSchema() + ".etcd_install('" + route.name() + "', '" + route.prefix() + "', '"
                    + installation.tableSchema() + "', '" + route.name() + "')");
        }
        return found;
    }

    /** Records that the tables exist, because they were used. */
    public void proven() {
        proven = true;
    }

    /**
     * Records that a table or function is missing. The next use creates or checks everything anew.
     *
     * @return whether the tables existed before; if not, trying again does not help
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
