package dev.etcdpg.pg.client;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/**
 * Opens connections to one database, each with all timeouts. Settings in the URL take precedence over the settings of this class.
 *
 * @param url {@code jdbc:postgresql:…}
 * @param user null for the one in the URL, or the driver's default
 * @param password null for none
 * @param keyPassword password of the file with the private key; null for none
 */
public record ConnectionFactory(
        String url, @Nullable String user, @Nullable String password, @Nullable String keyPassword) {

    private static final int CONNECT_TIMEOUT_SECONDS = 10;

    /** A factory whose private key, if the URL names one, has no password. */
    public ConnectionFactory(String url, @Nullable String user, @Nullable String password) {
        this(url, user, password, null);
    }

    /**
     * Opens a connection. The caller closes it.
     *
     * @param applicationName shown in {@code pg_stat_activity}
     * @param schema first in the search path, before public; null for the role's search path. Behind a {@link Pooler}, the role's search path
     *     is in force in any case, and the caller sets another one in each transaction.
     * @param networkTimeout time in whole seconds, longer than any statement takes; 0 for no limit. The connection fails when the server does
     *     not answer within this time, and opening it takes no longer. {@code socketTimeout} in the URL takes precedence.
     * @throws SQLException if the server cannot be reached or refuses the connection
     */
    public Connection open(String applicationName, @Nullable String schema, Duration networkTimeout)
            throws SQLException {
        Properties properties = new Properties();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        if (keyPassword != null) {
            properties.setProperty("sslpassword", keyPassword);
        }
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("connectTimeout", Long.toString(atMost(CONNECT_TIMEOUT_SECONDS, networkTimeout)));
        // connectTimeout limits TCP alone; a server that accepts the connection and never answers would block the
        // task for ever
        properties.setProperty("loginTimeout", Long.toString(atMost(2 * CONNECT_TIMEOUT_SECONDS, networkTimeout)));
        // without this limit, TCP would wait for hours for a server that vanished
        properties.setProperty("socketTimeout", Long.toString(networkTimeout.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        // the detail of an error shows the row, and messages are logged
        properties.setProperty("logServerErrorDetail", "false");
        // DriverManager may not see the driver in the plugin's class loader
        Connection connection = new Driver().connect(url, properties);
        if (connection == null) {
            throw new SQLException("Not a JDBC URL of PostgreSQL", "08001");
        }
        try {
            prepare(connection, schema);
            return connection;
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private static long atMost(long seconds, Duration networkTimeout) {
        return networkTimeout.isZero() ? seconds : Math.min(seconds, networkTimeout.toSeconds());
    }

    /** Sets nothing on a session behind a pooler, because the session belongs to others too. */
    private static void prepare(Connection connection, @Nullable String schema) throws SQLException {
        if (Pooler.isBetween(connection)) {
            connection.unwrap(PGConnection.class).setPrepareThreshold(0);
        } else if (schema != null) {
            // not a parameter of the connection, because poolers refuse it
            try (Statement statement = connection.createStatement()) {
                statement.execute("set search_path = " + Identifiers.searchPath(schema));
            }
        }
    }

    /** Returns the factory as a data source, for libraries that need one. For the parameters see {@link #open}. */
    public DataSource dataSource(String applicationName, @Nullable String schema, Duration networkTimeout) {
        return new Source(this, applicationName, schema, networkTimeout);
    }

    /** Shows neither the URL, which may carry credentials, nor the passwords. */
    @Override
    public String toString() {
        return "ConnectionFactory[user=" + user + "]";
    }

    private record Source(
            ConnectionFactory factory, String applicationName, @Nullable String schema, Duration networkTimeout)
            implements DataSource {

        @Override
        public Connection getConnection() throws SQLException {
            return factory.open(applicationName, schema, networkTimeout);
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return new ConnectionFactory(factory.url(), user, password, factory.keyPassword())
                    .open(applicationName, schema, networkTimeout);
        }

        @Override
        public @Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {
            // the driver logs through java.util.logging
        }

        @Override
        public void setLoginTimeout(int seconds) throws SQLException {
            throw new SQLFeatureNotSupportedException("The login timeout is fixed");
        }

        @Override
        public int getLoginTimeout() {
            return 2 * CONNECT_TIMEOUT_SECONDS;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            if (!isWrapperFor(type)) {
                throw new SQLException("Not a wrapper for " + type.getName());
            }
            return type.cast(this);
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return type.isInstance(this);
        }
    }
}
