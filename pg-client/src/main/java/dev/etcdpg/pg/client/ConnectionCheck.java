package dev.etcdpg.pg.client;

import dev.etcdpg.core.config.ConfigErrors;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.kafka.common.config.Config;

/** Tries settings that are valid by themselves, and reports what is wrong at the setting to change. */
public final class ConnectionCheck {

    private static final int OLDEST = 14;

    private ConnectionCheck() {}

    /**
     * Opens a connection, asks for the server's version, and closes it.
     *
     * @param settings each valid by itself
     * @param report where errors are added: to the password, the user or the URL if PostgreSQL cannot be reached or refuses, to the URL if it is
     *     older than {@value #OLDEST}
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
        } catch (SQLException e) {
            ConfigErrors.add(report, setting(e.getSQLState()), "Cannot connect to PostgreSQL: " + e.getMessage());
        }
    }

    /** @param state SQLSTATE of the failure, null if there is none */
    static String setting(String state) {
        if (state == null || !state.startsWith("28")) {
            return PostgresConfig.URL;
        }
        return state.equals("28P01") ? PostgresConfig.PASSWORD : PostgresConfig.USER;
    }
}
