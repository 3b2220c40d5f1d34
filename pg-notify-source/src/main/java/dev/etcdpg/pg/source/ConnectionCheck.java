package dev.etcdpg.pg.source;

import dev.etcdpg.common.config.PostgresConfig;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigValue;

/** Tries the connection, and tells at which setting it fails. */
final class ConnectionCheck {

    private ConnectionCheck() {}

    /** @param config gets the error message */
    static void check(NotifySourceConfig settings, Config config) {
        try (Connection connection = settings.postgres().open("etcd-pg-connect validation")) {
            if (connection.getMetaData().getDatabaseMajorVersion() < 14) {
                report(
                        config,
                        PostgresConfig.URL,
                        "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion()
                                + " is too old: 14 or later is needed.");
            }
        } catch (SQLException e) {
            report(config, setting(e), "Cannot connect to PostgreSQL: " + e.getMessage());
        }
    }

    private static String setting(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.equals("28P01")) {
            return PostgresConfig.PASSWORD;
        }
        return state.startsWith("28") ? PostgresConfig.USER : PostgresConfig.URL;
    }

    private static void report(Config config, String setting, String message) {
        for (ConfigValue value : config.configValues()) {
            if (value.name().equals(setting)) {
                value.addErrorMessage(message);
            }
        }
    }
}
