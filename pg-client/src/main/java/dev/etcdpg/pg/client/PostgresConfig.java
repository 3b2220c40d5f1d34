package dev.etcdpg.pg.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** Settings that tell how to reach PostgreSQL, and the schema of the bookkeeping tables. */
public final class PostgresConfig {

    public static final String URL = "connection.url";
    public static final String USER = "connection.user";
    public static final String PASSWORD = "connection.password";
    public static final String BOOKKEEPING_SCHEMA = "bookkeeping.schema";
    public static final String DEFAULT_BOOKKEEPING_SCHEMA = "etcd_sync";

    private static final String GROUP = "PostgreSQL";

    /** Network timeout of requests that Connect's REST API waits for. Connect answers after 90 s in any case. */
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

    public @Nullable String user() {
        return config.getString(USER);
    }

    public @Nullable String password() {
        Password password = config.getPassword(PASSWORD);
        return password == null ? null : password.value();
    }

    /** Opens connections as configured. */
    public ConnectionFactory connections() {
        return new ConnectionFactory(url(), user(), password());
    }

    /**
     * Opens a connection whose search path is the bookkeeping schema, then public. Parameters and errors as of {@link ConnectionFactory#open}.
     */
    public Connection open(String applicationName, Duration networkTimeout) throws SQLException {
        return connections().open(applicationName, bookkeepingSchema(), networkTimeout);
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
