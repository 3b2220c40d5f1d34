package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.etcdpg.pg.client.ConnectionFactory;
import dev.etcdpg.testing.servers.PgBouncer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** The schema is created through a pooler in transaction mode, whose server connections belong to applications too. */
class PooledMigrationsIT {

    @Test
    void theSchemaIsCreatedAndNothingIsLeftOnTheConnections() throws SQLException {
        assumeThat(PgBouncer.isAvailable()).isTrue();
        try (Db db = Db.empty();
                Db migrated = Db.migrated();
                PgBouncer pooler = PgBouncer.before(Db.server());
                Connection one = pooler.connect(db.database);
                Connection other = pooler.connect(db.database)) {
            ConnectionFactory pooled = new ConnectionFactory(
                    pooler.jdbcUrl(db.database), Db.server().user(), Db.server().password());
            String before = searchPath(one);
            Migrations.apply(pooled, "etcd_sync");
            long view = db.number("select 'etcd_sync.etcd_my_pending'::regclass::oid");
            Migrations.apply(pooled, "etcd_sync");
            assertThat(db.number("select 'etcd_sync.etcd_my_pending'::regclass::oid"))
                    .as("rights on it stay")
                    .isEqualTo(view);

            assertThat(db.rows(InstallByHandIT.OBJECTS, "etcd_sync", "etcd_sync"))
                    .isEqualTo(migrated.rows(InstallByHandIT.OBJECTS, "etcd_sync", "etcd_sync"));
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            assertThat(searchPath(one)).isEqualTo(before);
            assertThat(searchPath(other)).isEqualTo(before);
            one.rollback();
            other.rollback();
            db.migrate();
            assertThat(db.rows("select 1 from etcd_schema_history where success"))
                    .isNotEmpty();
        }
    }

    private static String searchPath(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show search_path")) {
            row.next();
            return row.getString(1);
        }
    }
}
