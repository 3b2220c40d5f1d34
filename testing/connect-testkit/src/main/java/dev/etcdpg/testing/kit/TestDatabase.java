package dev.etcdpg.testing.kit;

import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.postgresql.PGConnection;

/**
 * A session in a database, with {@code search_path} {@code etcd_sync, public}. Statements that the server refuses throw
 * {@link SqlFailed}. Not thread-safe; {@link #another} gives further sessions.
 */
public final class TestDatabase implements AutoCloseable {

    private final Postgres server;
    private final String name;
    private final Connection connection;

    private TestDatabase(Postgres server, String name) {
        this.server = server;
        this.name = name;
        this.connection = connect();
    }

    /** Creates an empty database whose name begins with {@code prefix}. */
    public static TestDatabase create(Postgres server, String prefix) {
        return new TestDatabase(server, server.newDatabase(prefix));
    }

    /** Opens a session in an existing database. */
    public static TestDatabase open(Postgres server, String name) {
        return new TestDatabase(server, name);
    }

    /** Opens another session in the same database. */
    public TestDatabase another() {
        return new TestDatabase(server, name);
    }

    public Postgres server() {
        return server;
    }

    public String name() {
        return name;
    }

    /** {@code jdbc:postgresql://…}, without user and password. */
    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    /** The {@code connection.*} settings of a connector. The map is the caller's. */
    public Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("connection.url", jdbcUrl());
        settings.put("connection.user", server.user());
        settings.put("connection.password", server.password());
        return settings;
    }

    /** The connection of this session. */
    public Connection connection() {
        return connection;
    }

    /** Opens a connection of the caller's own. */
    public Connection connect() {
        try {
            Properties properties = new Properties();
            properties.setProperty("user", server.user());
            properties.setProperty("password", server.password());
            properties.setProperty("currentSchema", "etcd_sync,public");
            return DriverManager.getConnection(jdbcUrl(), properties);
        } catch (SQLException e) {
            throw new SqlFailed(e);
        }
    }

    /** Runs one statement or several, and ignores their rows. */
    public void run(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SqlFailed(e);
        }
    }

    public void begin() {
        run("begin");
    }

    public void commit() {
        run("commit");
    }

    public void rollback() {
        run("rollback");
    }

    /** Returns the rows of a query. A space joins the columns, and "-" stands for null. */
    public List<String> rows(String sql, Object... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                List<String> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(row(result));
                }
                return rows;
            }
        } catch (SQLException e) {
            throw new SqlFailed(e);
        }
    }

    private static String row(ResultSet result) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            String text = result.getString(i);
            columns.add(text == null ? "-" : text);
        }
        return String.join(" ", columns);
    }

    /** Returns the only row of a query, as {@link #rows} does. */
    public String one(String sql, Object... parameters) {
        List<String> rows = rows(sql, parameters);
        if (rows.size() != 1) {
            throw new AssertionError("expected one row, found " + rows);
        }
        return rows.get(0);
    }

    public long number(String sql, Object... parameters) {
        return Long.parseLong(one(sql, parameters));
    }

    /** The process id of this session's backend. */
    public int backend() {
        try {
            return connection.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException e) {
            throw new SqlFailed(e);
        }
    }

    /** Closes the session; the database stays. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new SqlFailed(e);
        }
    }
}
