package dev.etcdpg.pg.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.postgresql.Driver;

/** How to reach PostgreSQL, and the schema of the bookkeeping tables there. */
public final class PostgresConfig {

    public static final String URL = "connection.url";
    public static final String USER = "connection.user";
    public static final String PASSWORD = "connection.password";
    public static final String BOOKKEEPING_SCHEMA = "bookkeeping.schema";
    public static final String DEFAULT_BOOKKEEPING_SCHEMA = "etcd_sync";

    private static final int CONNECT_TIMEOUT_SECONDS = 10;
    private static final String GROUP = "PostgreSQL";

    /** Network timeout of what is done while somebody waits for an answer of the REST API, which Connect gives after 90 s in any case. */
    public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final AbstractConfig config;

    public PostgresConfig(AbstractConfig config) {
        this.config = config;
    }

    public static ConfigDef define(ConfigDef def) {
        return def.define(
                        URL,
                        Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        new UrlValidator(),
                        Importance.HIGH,
                        "JDBC URL of the database: jdbc:postgresql://host:5432/database. A server that does not answer is given up after "
                                + "some minutes; ?socketTimeout=<seconds> says otherwise.",
                        GROUP,
                        1,
                        Width.LONG,
                        "JDBC URL")
                .define(
                        USER,
                        Type.STRING,
                        null,
                        Importance.HIGH,
                        "PostgreSQL role to connect as.",
                        GROUP,
                        2,
                        Width.MEDIUM,
                        "User")
                .define(
                        PASSWORD,
                        Type.PASSWORD,
                        null,
                        Importance.HIGH,
                        "Password of the role.",
                        GROUP,
                        3,
                        Width.MEDIUM,
                        "Password")
                .define(
                        BOOKKEEPING_SCHEMA,
                        Type.STRING,
                        DEFAULT_BOOKKEEPING_SCHEMA,
                        new SchemaValidator(),
                        Importance.LOW,
                        "Schema of the bookkeeping tables (pending changes, history, conflicts, offsets). "
                                + "The same for the sink and the source of a database.",
                        GROUP,
                        4,
                        Width.MEDIUM,
                        "Bookkeeping schema");
    }

    public String bookkeepingSchema() {
        return config.getString(BOOKKEEPING_SCHEMA);
    }

    public String url() {
        return config.getString(URL);
    }

    public String user() {
        return config.getString(USER);
    }

    public String password() {
        Password password = config.getPassword(PASSWORD);
        return password == null ? null : password.value();
    }

    /**
     * A new connection whose search path is the bookkeeping schema, then public. Close it.
     *
     * @param applicationName what {@code pg_stat_activity} shows
     * @param networkTimeout longer than any statement takes, in whole seconds, 0 for no limit: a server that does not answer for so long is
     *     given up. What the URL says ({@code socketTimeout}) counts more.
     * @throws SQLException if the server cannot be reached or refuses
     */
    public Connection open(String applicationName, Duration networkTimeout) throws SQLException {
        Properties properties = new Properties();
        if (user() != null) {
            properties.setProperty("user", user());
        }
        if (password() != null) {
            properties.setProperty("password", password());
        }
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("currentSchema", "\"" + bookkeepingSchema() + "\",public");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
        // connectTimeout is about TCP alone: a server that accepts and never answers must not block us for ever
        properties.setProperty("loginTimeout", Integer.toString(2 * CONNECT_TIMEOUT_SECONDS));
        // for a server that vanished without a word; TCP would wait for hours
        properties.setProperty("socketTimeout", Long.toString(networkTimeout.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        // the detail of an error shows the row, and messages are logged
        properties.setProperty("logServerErrorDetail", "false");
        // not through DriverManager, which may not see the driver in the plugin's class loader
        Connection connection = new Driver().connect(url(), properties);
        if (connection == null) {
            throw new SQLException(URL + " is not a URL of PostgreSQL", "08001");
        }
        return connection;
    }

    private static final class UrlValidator implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, Object value) {
            if (!(value instanceof String url) || !url.startsWith("jdbc:postgresql:")) {
                throw new ConfigException(name + " must look like jdbc:postgresql://host:5432/database");
            }
            if (url.matches("(?i).*[?&](password|sslpassword)=.*")) {
                throw new ConfigException(
                        name + " must not hold a password: URLs are shown and logged; use " + PASSWORD);
            }
        }

        @Override
        public String toString() {
            return "jdbc:postgresql://host:port/database";
        }
    }

    private static final class SchemaValidator implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, Object value) {
            if (!(value instanceof String schema) || !schema.matches("[a-z_][a-z0-9_]{0,62}")) {
                throw new ConfigException(name, value, "lower case letters, digits and _, at most 63");
            }
        }

        @Override
        public String toString() {
            return "[a-z_][a-z0-9_]{0,62}";
        }
    }
}
