package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.Route;
import dev.etcdpg.pg.client.ConnectionCheck;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.RoleRights;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Checks when Connect validates a configuration whether the role has the rights that the sink needs. */
public final class RightsCheck {

    private RightsCheck() {}

    /** Returns one error that names all rights that the role lacks, at the setting of the role; or one about a schema that does not exist; or nothing. */
    public static List<ConnectionCheck.Finding> findings(
            Connection connection, PostgresConfig config, List<Route> routes, Installation installation) {
        try {
            String obstacle = SessionObstacle.find(connection);
            if (obstacle != null) {
                return List.of(new ConnectionCheck.Finding(PostgresConfig.URL, obstacle));
            }
            boolean tableSchemaExists = new Statements(connection, SinkSession.SQL)
                    .of("schema_exists")
                    .set("schema", installation.tableSchema())
                    .one(row -> row.getBoolean("exists"));
            if (!tableSchemaExists) {
                return List.of(new ConnectionCheck.Finding(
                        Installation.TABLE_SCHEMA,
                        "The database has no schema " + installation.tableSchema()
                                + ". Create the schema of the mirrored tables, or name another one."));
            }
            Set<String> missing = new LinkedHashSet<>(new Statements(connection, SinkSession.SQL)
                    .of("missing_rights")
                    .set("schema", config.bookkeepingSchema())
                    .set("table_schema", installation.tableSchema())
                    .texts("tables", routes, Route::name)
                    .set("is_created", installation.isAutomatic())
                    .texts());
            if (!installation.isAutomatic()) {
                missing.addAll(RoleRights.missing(connection, config.bookkeepingSchema(), "sink"));
            }
            return missing.isEmpty()
                    ? List.of()
                    : List.of(new ConnectionCheck.Finding(
                            PostgresConfig.USER, sentence(missing, installation.isAutomatic())));
        } catch (SQLException e) {
            return List.of(new ConnectionCheck.Finding(
                    PostgresConfig.URL, "Cannot read the rights of the role: " + e.getMessage()));
        }
    }

    private static String sentence(Set<String> missing, boolean isAutomatic) {
        return "The role lacks these rights: " + String.join(", ", missing) + ". "
                + (isAutomatic
                        ? "Grant them. Or set auto.create=false, and let another role run install.sql and grants.sql of the plugin archive."
                        : "Let the owner of the tables run grants.sql of the plugin archive.");
    }
}
