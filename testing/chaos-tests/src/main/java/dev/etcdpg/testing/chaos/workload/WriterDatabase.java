package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.stack.Stack;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The database as the writers reach it: directly, or through a pooler. */
public final class WriterDatabase {
    private final String jdbcUrl;
    private final String user;
    private final String password;

    /** A direct connection to the stack's database. */
    public WriterDatabase(Postgres postgres) {
        this(postgres, postgres.jdbcUrl(Stack.DATABASE));
    }

    /** @param jdbcUrl leads to a pooler, which has the server's user and password */
    public WriterDatabase(Postgres postgres, String jdbcUrl) {
        this.jdbcUrl = jdbcUrl;
        this.user = postgres.user();
        this.password = postgres.password();
    }

    Connection connect(String applicationName) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "120");
        // A pooler can give each transaction another server connection, which does not have the prepared statements of
        // the previous one.
        properties.setProperty("prepareThreshold", "0");
        return DriverManager.getConnection(jdbcUrl, properties);
    }
}
