package dev.etcdpg.pg.client;

import dev.etcdpg.core.config.ConfigErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.connect.errors.ConnectException;

/** Tries connection settings, and reports errors at the setting that must be changed. */
public final class ConnectionCheck {

    /** Limit of a whole check. The timeouts of the connection limit each step only, and settings in the URL can change them. */
    private static final long LIMIT_SECONDS = 5;

    private static final int OLDEST = 14;

    /** An error of the configuration. */
    public record Finding(String setting, String message) {}

    /** A further check on the connection. */
    @FunctionalInterface
    public interface Further {

        /** Returns the errors that it finds. */
        List<Finding> findings(Connection connection) throws SQLException;
    }

    private ConnectionCheck() {}

    /**
     * Opens a connection, reads the server's version, runs the further check, and closes the connection. Adds errors to the report: at the
     * password, the user or the URL if the connection fails, and at the URL if the server is older than version {@value #OLDEST}, accepts no
     * writes, or needs more than {@value #LIMIT_SECONDS} seconds for all of this.
     *
     * @param settings settings that are valid one by one
     * @param further runs if there is no error before
     * @throws IllegalArgumentException if the report lacks one of these settings
     */
    public static void check(PostgresConfig settings, Config report, Further further) {
        FutureTask<List<Finding>> check = new FutureTask<>(() -> findings(settings, further));
        Thread thread = new Thread(check, "etcd-pg-connect validation");
        thread.setDaemon(true);
        thread.start();
        result(check).forEach(finding -> ConfigErrors.add(report, finding.setting(), finding.message()));
    }

    private static List<Finding> result(FutureTask<List<Finding>> check) {
        try {
            return check.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            check.cancel(true); // the timeouts of the connection end it
            return List.of(new Finding(
                    PostgresConfig.URL,
                    "PostgreSQL does not answer: the check of the connection took more than " + LIMIT_SECONDS
                            + " s. Check the host and the port, and that the server is not overloaded."));
        } catch (ExecutionException e) {
            throw new ConnectException("The connection to PostgreSQL could not be checked", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while the connection to PostgreSQL was checked", e);
        }
    }

    private static List<Finding> findings(PostgresConfig settings, Further further) {
        List<Finding> found = new ArrayList<>();
        try (Connection connection = settings.open("etcd-pg-connect validation", PostgresConfig.REQUEST_TIMEOUT)) {
            if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST) {
                found.add(new Finding(
                        PostgresConfig.URL,
                        "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion() + " is too old: " + OLDEST
                                + " or later is needed."));
            }
            String readOnly = ReadOnlyServer.reason(connection);
            if (readOnly != null) {
                found.add(new Finding(PostgresConfig.URL, readOnly + "."));
            }
            if (found.isEmpty()) {
                found.addAll(further.findings(connection));
            }
        } catch (SQLException e) {
            found.add(new Finding(
                    ConnectionFailure.setting(settings, e),
                    "Cannot connect to PostgreSQL: " + ConnectionFailure.describe(settings, e)));
        }
        return found;
    }
}
