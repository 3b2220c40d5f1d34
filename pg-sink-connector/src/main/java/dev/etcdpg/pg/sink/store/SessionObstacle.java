package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A setting of the database or of the role with which a mirror cannot work. */
final class SessionObstacle {

    private record Found(@Nullable String sentence) {}

    private SessionObstacle() {}

    /** Returns sentences that say what to change; null if there is no obstacle. */
    static @Nullable String find(Connection connection) throws SQLException {
        return new Statements(connection, SinkSession.SQL)
                .of("session_obstacle")
                .one(row -> new Found(row.getString("obstacle")))
                .sentence();
    }
}
