package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.RoleRights;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.Config;

/** Checks when Connect validates a configuration whether the role has the rights that the sink needs. */
public final class RightsCheck {

    private RightsCheck() {}

    /**
     * Reports the rights that the role lacks, at the setting of the role.
     *
     * @param report gets one error that names all missing rights
     */
    public static void check(PostgresConfig config, List<Route> routes, Installation installation, Config report) {
        try (Connection connection = config.open("etcd-pg-connect validation", PostgresConfig.REQUEST_TIMEOUT)) {
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
            if (!missing.isEmpty()) {
                ConfigErrors.add(report, PostgresConfig.USER, sentence(missing, installation.isAutomatic()));
            }
        } catch (SQLException e) {
            ConfigErrors.add(report, PostgresConfig.URL, "Cannot read the rights of the role: " + e.getMessage());
        }
    }

    private static String sentence(Set<String> missing, boolean isAutomatic) {
        return "The role lacks these rights: " + String.join(", ", missing) + ". "
                + (isAutomatic
                        ? "Grant them. Or set auto.create=false, and let another role run install.sql and grants.sql of the plugin archive."
                        : "Let the owner of the tables run grants.sql of the plugin archive.");
    }
}
