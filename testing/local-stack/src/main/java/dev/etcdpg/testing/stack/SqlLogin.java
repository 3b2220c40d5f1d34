package dev.etcdpg.testing.stack;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/** A role of a database, with everything that its connections need. Thread-safe. */
public final class SqlLogin {
    private final String jdbcUrl;
    private final Map<String, String> properties;

    /**
     * @param jdbcUrl without user and password
     * @param properties the JDBC driver's properties, with user and password
     */
    SqlLogin(String jdbcUrl, Map<String, String> properties) {
        this.jdbcUrl = jdbcUrl;
        this.properties = Map.copyOf(properties);
    }

    /** Returns the login of the same role at another address. */
    public SqlLogin at(String otherUrl) {
        return new SqlLogin(otherUrl, properties);
    }

    public Connection connect() throws SQLException {
        return connect(Map.of());
    }

    /** @param more further properties of the JDBC driver */
    public Connection connect(Map<String, String> more) throws SQLException {
        Properties all = new Properties();
        all.putAll(properties);
        all.putAll(more);
        return DriverManager.getConnection(jdbcUrl, all);
    }
}
