package dev.etcdpg.pg.source;

import dev.etcdpg.core.Route;
import dev.etcdpg.pg.client.ConnectionCheck;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Checks when Connect validates a configuration that the conflicts topic is not the topic of a route. The routes are in the database. */
final class ConflictsTopicCheck {

    private ConflictsTopicCheck() {}

    /** Returns an error, or nothing. A schema that does not exist yet has no routes. */
    static List<ConnectionCheck.Finding> findings(Connection connection, SendTopics topics) {
        try {
            Statements statements = new Statements(connection, SendStore.SQL);
            boolean hasRoutes = statements.of("has_routes").one(row -> row.getBoolean("has_routes"));
            List<Route> routes = hasRoutes ? statements.of("routes").list(SendStore::route) : List.of();
            return topics.conflictsMistake(routes).stream()
                    .map(mistake -> new ConnectionCheck.Finding(NotifySourceConfig.CONFLICTS_TOPIC, mistake))
                    .toList();
        } catch (SQLException e) {
            return List.of(
                    new ConnectionCheck.Finding(PostgresConfig.URL, "Cannot read the routes: " + e.getMessage()));
        }
    }
}
