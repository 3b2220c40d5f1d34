package dev.etcdpg.pg.source;

import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Receives NOTIFY on a connection of its own. The connection is never in a transaction, because the server keeps all notifications while a
 * listening session is in a transaction. Notifications are lost while nobody listens, so the caller must dispatch once after opening a
 * listener.
 */
final class WakeListener implements AutoCloseable {

    private static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(30);

    private final Connection connection;
    private final PGConnection notifications;

    private WakeListener(Connection connection) throws SQLException {
        this.connection = connection;
        this.notifications = connection.unwrap(PGConnection.class);
    }

    static WakeListener open(PostgresConfig config) throws SQLException {
        Connection connection = config.open("etcd-pg-connect listener", NETWORK_TIMEOUT);
        try {
            new Statements(connection, SendStore.SQL).script("listen");
            return new WakeListener(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Waits for a notification, and takes all notifications that have arrived.
     *
     * @param timeout longest wait; a shorter one counts as one millisecond
     * @return whether there was a notification
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
