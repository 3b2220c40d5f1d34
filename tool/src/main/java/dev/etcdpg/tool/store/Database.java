package dev.etcdpg.tool.store;

import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.SqlFiles;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.client.Statements;
import dev.etcdpg.tool.connect.ClusterException;
import dev.etcdpg.tool.file.References;
import dev.etcdpg.tool.plan.ConnectorKind;
import dev.etcdpg.tool.plan.ConnectorPlan;
import dev.etcdpg.tool.plan.DeploymentPlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** A connection to the database of a file, with the settings of the PostgreSQL sink. Each connection is the tool's own. */
public final class Database implements AutoCloseable {

    private static final Duration NETWORK_TIMEOUT = Duration.ofMinutes(2);
    private static final SqlFiles SQL = new SqlFiles(Database.class, "sql");

    private final Connection connection;
    private final Statements statements;
    private final String schema;

    private Database(Connection connection, String schema) {
        this.connection = connection;
        this.statements = new Statements(connection, SQL);
        this.schema = schema;
    }

    /**
     * Connects.
     *
     * @throws ClusterException if the server cannot be reached, or refuses the connection
     */
    public static Database open(DeploymentPlan plan) {
        ConnectorPlan sink = plan.connectors().stream()
                .filter(connector -> connector.kind() == ConnectorKind.PG_SINK)
                .findFirst()
                .orElseThrow();
        return open(sink.config());
    }

    /**
     * Connects.
     *
     * @param settings of a connector of PostgreSQL, possibly with references
     * @throws ClusterException if the server cannot be reached, or refuses the connection
     */
    public static Database open(Map<String, String> settings) {
        PostgresConfig config = new PostgresConfig(new AbstractConfig(
                PostgresConfig.define(new ConfigDef()), References.resolve("postgres", settings), false));
        try {
            return new Database(config.open("etcd-pg", NETWORK_TIMEOUT), config.bookkeepingSchema());
        } catch (SQLException e) {
            throw new ClusterException("PostgreSQL at " + config.url() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Returns the bookkeeping schema, which is first in the search path. */
    public String schema() {
        return schema;
    }

    public Connection connection() {
        return connection;
    }

    /** Returns the statement of a file in this package's folder {@code sql}. */
    public SqlStatement of(String name) {
        return statements.of(name);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new ClusterException("The connection to PostgreSQL cannot be closed: " + e.getMessage(), e);
        }
    }
}
