package dev.etcdpg.pg.client;

import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** Settings of the connection to PostgreSQL, and the schema of the bookkeeping tables. */
public final class PostgresConfig {

    public static final String URL = "connection.url";
    public static final String USER = "connection.user";
    public static final String PASSWORD = "connection.password";
    public static final String BOOKKEEPING_SCHEMA = "bookkeeping.schema";
    public static final String DEFAULT_BOOKKEEPING_SCHEMA = "etcd_sync";

    private static final String SCHEMA_NAME = "[a-z_][a-z0-9_]{0,62}";

    /** Network timeout of requests that Connect's REST API waits for. Connect answers after 90 s in any case. */
    public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final AbstractConfig config;

    public PostgresConfig(AbstractConfig config) {
        this.config = config;
    }

    /** Adds these settings to the settings of a connector. */
    public static ConfigDef define(ConfigDef def) {
        new SettingGroup(def, "PostgreSQL")
                .add(
                        Setting.text(URL)
                                .validatedBy(ConfigDef.LambdaValidator.with(
                                        PostgresConfig::checkUrl, () -> "jdbc:postgresql://host:port/database"))
                                .important()
                                .described(
                                        "JDBC URL",
                                        "JDBC URL of the database, for example jdbc:postgresql://host:5432/database. A connection to a server "
                                                + "that does not answer is closed after some minutes; ?socketTimeout=<seconds> changes the time."))
                .add(Setting.text(USER).orElse(null).important().described("User", "PostgreSQL role of the connector."))
                .add(Setting.password(PASSWORD).orElse(null).important().described("Password", "Password of the role."))
                .add(Setting.text(BOOKKEEPING_SCHEMA)
                        .orElse(DEFAULT_BOOKKEEPING_SCHEMA)
                        .matching(schema -> schema.matches(SCHEMA_NAME), SCHEMA_NAME)
                        .minor()
                        .described(
                                "Bookkeeping schema",
                                "Schema of the bookkeeping tables: pending changes, history, conflicts and offsets. The sink and the "
                                        + "source of a database must have the same bookkeeping schema."));
        return def;
    }

    private static void checkUrl(String name, Object value) {
        if (!(value instanceof String url) || !url.startsWith("jdbc:postgresql:")) {
            throw new ConfigException(name + " must have the form jdbc:postgresql://host:5432/database");
        }
        if (url.matches("(?i).*[?&](password|sslpassword)=.*")) {
            throw new ConfigException(name + " must not contain a password, because URLs are shown and logged. Set "
                    + PASSWORD + " instead.");
        }
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

    /** Returns the factory of connections with these settings. */
    public ConnectionFactory connections() {
        return new ConnectionFactory(url(), user(), password());
    }

    /**
     * Opens a connection whose search path is the bookkeeping schema, then public. For the parameters and errors see
     * {@link ConnectionFactory#open}.
     */
    public Connection open(String applicationName, Duration networkTimeout) throws SQLException {
        return connections().open(applicationName, bookkeepingSchema(), networkTimeout);
    }
}
