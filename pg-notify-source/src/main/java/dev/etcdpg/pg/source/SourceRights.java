package dev.etcdpg.pg.source;

import dev.etcdpg.pg.client.ConnectionCheck;
import dev.etcdpg.pg.client.Identifiers;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.RoleRights;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Checks when Connect validates a configuration whether the role has the rights that the source needs. */
final class SourceRights {

    private SourceRights() {}

    /**
     * Returns one error that names all rights that the role lacks, at the setting of the role; or nothing. A schema that does not exist yet is no
     * error, because the PostgreSQL sink can create it later.
     */
    static List<ConnectionCheck.Finding> findings(Connection connection, PostgresConfig config) {
        try {
            List<String> missing = RoleRights.missing(connection, config.bookkeepingSchema(), "source");
            return missing.isEmpty()
                    ? List.of()
                    : List.of(new ConnectionCheck.Finding(
                            PostgresConfig.USER,
                            "The role lacks these rights: " + String.join(", ", missing)
                                    + ". Let the owner of the tables run: select "
                                    + call(
                                            config.bookkeepingSchema(),
                                            connection.getMetaData().getUserName())));
        } catch (SQLException e) {
            return List.of(new ConnectionCheck.Finding(
                    PostgresConfig.URL, "Cannot read the rights of the role: " + e.getMessage()));
        }
    }

    /** Returns the call that grants the rights. */
    static String call(String schema, String role) {
        return Identifiers.quote(schema) + ".etcd_grant_to_source('" + role.replace("'", "''") + "')";
    }
}
