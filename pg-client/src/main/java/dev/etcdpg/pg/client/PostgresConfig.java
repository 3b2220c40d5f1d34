package dev.etcdpg.pg.client;

import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Pattern;
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
    public static final String KEY_PASSWORD = "connection.ssl.key.password";
    public static final String BOOKKEEPING_SCHEMA = "bookkeeping.schema";
    public static final String DEFAULT_BOOKKEEPING_SCHEMA = "etcd_sync";

    private static final Pattern PASSWORD_IN_URL = Pattern.compile("(?is).*[?&](password|sslpassword)=.*");
    private static final Pattern USER_IN_URL = Pattern.compile("(?is)jdbc:postgresql://[^/?]*@.*");
    private static final String SCHEMA_NAME = "[a-z_][a-z0-9_]{0,62}";

    /** Network timeout of connections on Connect's own threads, which serve other connectors too. */
    public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    private final AbstractConfig config;

    public PostgresConfig(AbstractConfig config) {
        this.config = config;
    }

    /** Adds these settings to the settings of a connector. */
    public static ConfigDef define(ConfigDef def) {
        new SettingGroup(def, "PostgreSQL")
                .add(Setting.text(URL)
                        .validatedBy(ConfigDef.LambdaValidator.with(
                                PostgresConfig::checkUrl, () -> "jdbc:postgresql://host:port/database"))
                        .important()
                        .described(
                                "JDBC URL",
                                "JDBC URL of the database, for example jdbc:postgresql://host:5432/database. A connection to a server "
                                        + "that does not answer is closed after some minutes; ?socketTimeout=<seconds> changes the time. For "
                                        + "TLS, add sslmode=verify-full and sslrootcert=<file>, and for a client certificate sslcert=<file> "
                                        + "and sslkey=<file>."))
                .add(Setting.text(USER).orElse(null).important().described("User", "PostgreSQL role of the connector."))
                .add(Setting.password(PASSWORD).orElse(null).important().described("Password", "Password of the role."))
                .add(Setting.password(KEY_PASSWORD)
                        .orElse(null)
                        .minor()
                        .described(
                                "Key password",
                                "Password of the file with the private key (sslkey in connection.url)."))
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
        if (PASSWORD_IN_URL.matcher(url).matches()) {
            throw new ConfigException(name + " must not contain a password, because URLs are shown and logged. Set "
                    + PASSWORD + " or " + KEY_PASSWORD + " instead.");
        }
        UrlParameters.mistake(url).ifPresent(mistake -> {
            throw new ConfigException(name + " " + mistake);
        });
        if (USER_IN_URL.matcher(url).matches()) {
            throw new ConfigException(
                    name + " must not contain a user before the host, because a password could follow it. Set " + USER
                            + " and " + PASSWORD + " instead.");
        }
        UrlRules.mistake(url).ifPresent(mistake -> {
            throw new ConfigException(name + " " + mistake);
        });
    }

    public String bookkeepingSchema() {
        return config.getString(BOOKKEEPING_SCHEMA);
    }

    public String url() {
        return config.getString(URL);
    }

    /** Returns whether the connector shows the server a certificate of its own. */
    boolean hasClientCertificate() {
        return url().contains("sslcert=");
    }

    public @Nullable String user() {
        return config.getString(USER);
    }

    public @Nullable String password() {
        return secret(PASSWORD);
    }

    private @Nullable String secret(String setting) {
        Password secret = config.getPassword(setting);
        return secret == null ? null : secret.value();
    }

    /** Returns the factory of connections with these settings. */
    public ConnectionFactory connections() {
        return new ConnectionFactory(url(), user(), password(), secret(KEY_PASSWORD));
    }

    /**
     * Opens a connection whose search path is the bookkeeping schema, then public. For the parameters and errors see
     * {@link ConnectionFactory#open}.
     */
    public Connection open(String applicationName, Duration networkTimeout) throws SQLException {
        return connections().open(applicationName, bookkeepingSchema(), networkTimeout);
    }
}
