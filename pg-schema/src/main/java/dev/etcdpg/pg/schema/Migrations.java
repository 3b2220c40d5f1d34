package dev.etcdpg.pg.schema;

import dev.etcdpg.pg.client.ConnectionFactory;
import dev.etcdpg.pg.client.Identifiers;
import dev.etcdpg.pg.client.SqlFiles;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Creates or upgrades the bookkeeping schema. Several processes may do so at once: they wait for each other. */
public final class Migrations {

    /** Folder of the SQL files on the class path. */
    public static final String LOCATION = "dev/etcdpg/pg/schema/migration";

    /** Flyway's own table, in the bookkeeping schema. */
    static final String HISTORY_TABLE = "etcd_schema_history";

    private static final SqlFiles SQL = new SqlFiles(Migrations.class, "sql");
    private static final String VERSION_TABLE = "etcd_database";

    /** Longer than any migration takes, including its waits for locks. */
    private static final Duration NETWORK_TIMEOUT = Duration.ofMinutes(30);

    private Migrations() {}

    /**
     * Runs the files that are new, and the files of functions and views that have changed.
     *
     * @param schema bookkeeping schema; created if it does not exist
     * @throws SQLException if the server cannot be reached
     * @throws org.flywaydb.core.api.FlywayException if a file fails, or a versioned file was changed since it was run
     */
    public static void apply(ConnectionFactory connections, String schema) throws SQLException {
        DataSource source = connections.dataSource("etcd-pg-connect migrations", null, NETWORK_TIMEOUT);
        // the context class loader of a Connect worker may be that of another plugin
        FluentConfiguration flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:" + LOCATION)
                .defaultSchema(schema)
                .schemas(schema)
                .createSchemas(true)
                .table(HISTORY_TABLE)
                .placeholderReplacement(false)
                .outOfOrder(false)
                .cleanDisabled(true)
                .baselineOnMigrate(true)
                .baselineDescription("run by hand")
                .baselineVersion(Integer.toString(versionByHand(source, schema)));
        flyway.load().migrate();
    }

    /** Returns the version of a schema that install.sql has created, or 0 if install.sql has not created it. */
    private static int versionByHand(DataSource source, String schema) throws SQLException {
        String table = Identifiers.quote(schema, VERSION_TABLE);
        try (Connection connection = source.getConnection()) {
            Statements statements = new Statements(connection, SQL);
            boolean isInstalled =
                    statements.of("is_installed").set("table", table).one(row -> row.getBoolean("is_installed"));
            return isInstalled ? statements.on(table, "schema_version").one(row -> row.getInt("schema_version")) : 0;
        }
    }
}
