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

    /** Longest time without an answer. Nothing that is sent to a listener takes long. */
    private static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(5);

    private final Connection connection;
    private final PGConnection notifications;
    private final Statements statements;

    private WakeListener(Connection connection, Statements statements) throws SQLException {
        this.connection = connection;
        this.statements = statements;
        this.notifications = connection.unwrap(PGConnection.class);
    }

    static WakeListener open(PostgresConfig config) throws SQLException {
        Connection connection = config.open("etcd-pg-connect listener", NETWORK_TIMEOUT);
        try {
            Statements statements = new Statements(connection, SendStore.SQL);
            statements.script("listen");
            return new WakeListener(connection, statements);
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

    /**
     * Checks that the server still answers. A stopped backend or a silent network sends no notification and no error.
     *
     * @throws SQLException if there is no answer in time
     */
    void check() throws SQLException {
        statements.of("answer").run();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
