package dev.etcdpg.pg.source;

import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.pg.client.Identifiers;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.RoleRights;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.common.config.Config;

/** Checks when Connect validates a configuration whether the role has the rights that the source needs. */
final class SourceRights {

    private SourceRights() {}

    /**
     * Reports the rights that the role lacks, at the setting of the role. A schema that does not exist yet is no error, because the PostgreSQL
     * sink can create it later.
     *
     * @param report gets one error that names all missing rights
     */
    static void check(PostgresConfig config, Config report) {
        try (Connection connection = config.open("etcd-pg-connect validation", PostgresConfig.REQUEST_TIMEOUT)) {
            List<String> missing = RoleRights.missing(connection, config.bookkeepingSchema(), "source");
            if (!missing.isEmpty()) {
                ConfigErrors.add(
                        report,
                        PostgresConfig.USER,
                        "The role lacks these rights: " + String.join(", ", missing)
                                + ". Let the owner of the tables run: select "
                                + call(
                                        config.bookkeepingSchema(),
                                        connection.getMetaData().getUserName()));
            }
        } catch (SQLException e) {
            ConfigErrors.add(report, PostgresConfig.URL, "Cannot read the rights of the role: " + e.getMessage());
        }
    }

    /** Returns the call that grants the rights. */
    static String call(String schema, String role) {
        return Identifiers.quote(schema) + ".etcd_grant_to_source('" + role.replace("'", "''") + "')";
    }
}
