package dev.etcdpg.pg.client;

import dev.etcdpg.core.config.ConfigErrors;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.kafka.common.config.Config;

/** Tries connection settings, and reports errors at the setting that must be changed. */
public final class ConnectionCheck {

    private static final int OLDEST = 14;

    private ConnectionCheck() {}

    /**
     * Opens a connection, reads the server's version, and closes the connection. Adds errors to the report: at the password, the user or the
     * URL if the connection fails, and at the URL if the server is older than version {@value #OLDEST} or accepts no writes.
     *
     * @param settings settings that are valid one by one
     * @throws IllegalArgumentException if the report lacks one of these settings
     */
    public static void check(PostgresConfig settings, Config report) {
        try (Connection connection = settings.open("etcd-pg-connect validation", PostgresConfig.REQUEST_TIMEOUT)) {
            if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST) {
                ConfigErrors.add(
                        report,
                        PostgresConfig.URL,
                        "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion() + " is too old: " + OLDEST
                                + " or later is needed.");
            }
            String readOnly = ReadOnlyServer.reason(connection);
            if (readOnly != null) {
                ConfigErrors.add(report, PostgresConfig.URL, readOnly + ".");
            }
        } catch (SQLException e) {
            ConfigErrors.add(
                    report,
                    ConnectionFailure.setting(settings, e),
                    "Cannot connect to PostgreSQL: " + ConnectionFailure.describe(settings, e));
        }
    }
}
