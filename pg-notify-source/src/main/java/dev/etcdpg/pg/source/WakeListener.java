package dev.etcdpg.pg.source;

import dev.etcdpg.pg.client.PostgresConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Waits for NOTIFY on a connection of its own, which is never in a transaction: one that were would keep the server from forgetting
 * notifications. What it says is a hint: a notification is lost while nobody listens, so poll after each new one of these.
 */
final class WakeListener implements AutoCloseable {

    static final String CHANNEL = "etcd_sync_wake";

    private static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(30);

    private final Connection connection;
    private final PGConnection notifications;

    private WakeListener(Connection connection) throws SQLException {
        this.connection = connection;
        this.notifications = connection.unwrap(PGConnection.class);
    }

    static WakeListener open(PostgresConfig config) throws SQLException {
        Connection connection = config.open("etcd-pg-connect listener", NETWORK_TIMEOUT);
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + CHANNEL);
            return new WakeListener(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Blocks until there is a notification, and takes all that have come.
     *
     * @param timeout at least a millisecond is waited
     * @return whether there was one
     * @throws SQLException if the connection is lost
     */
    boolean await(Duration timeout) throws SQLException {
        PGNotification[] received = notifications.getNotifications((int) Math.max(1, timeout.toMillis()));
        return received != null && received.length > 0;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
