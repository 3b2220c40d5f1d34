package dev.etcdpg.pg.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.postgresql.ds.PGSimpleDataSource;

/** Creates the bookkeeping schema, or upgrades it. Several processes may do so at once: they wait for each other. */
public final class Migrations {

    /** Where the SQL files are, among the resources. */
    public static final String LOCATION = "dev/etcdpg/pg/schema/migration";

    /** Flyway's own table, in the bookkeeping schema. */
    public static final String HISTORY_TABLE = "etcd_schema_history";

    private Migrations() {}

    /**
     * @param url {@code jdbc:postgresql:…}
     * @param user null for the one that the URL names
     * @param password null for none
     * @param schema of the bookkeeping; created if missing
     * @throws SQLException if the server cannot be reached
     * @throws org.flywaydb.core.api.FlywayException if a file fails, or was changed since it was run
     */
    public static void apply(String url, String user, String password, String schema) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        if (user != null) {
            source.setUser(user);
        }
        if (password != null) {
            source.setPassword(password);
        }
        source.setApplicationName("etcd-pg-connect migrations");
        apply(source, schema);
    }

    /** As {@link #apply(String, String, String, String)}. */
    public static void apply(DataSource source, String schema) throws SQLException {
        // explicitly: a Connect worker's context class loader may be another plugin's
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

    /** The last versioned file that somebody ran with psql, 0 if nobody did. */
    private static int versionByHand(DataSource source, String schema) throws SQLException {
        try (Connection connection = source.getConnection()) {
            try (PreparedStatement exists = connection.prepareStatement(
                    "select to_regclass(format('%I.etcd_database', ?::text)) is not null")) {
                exists.setString(1, schema);
                try (ResultSet row = exists.executeQuery()) {
                    row.next();
                    if (!row.getBoolean(1)) {
                        return 0;
                    }
                }
            }
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select schema_version from \"" + schema.replace("\"", "\"\"") + "\".etcd_database")) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }
}
