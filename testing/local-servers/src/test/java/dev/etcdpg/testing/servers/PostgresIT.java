package dev.etcdpg.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresIT {

    @ParameterizedTest
    @EnumSource(PostgresVersion.class)
    void dataSurvivesAKillWithASessionOpen(PostgresVersion version) throws SQLException {
        try (Postgres postgres = Postgres.builder().version(version).start()) {
            String database = postgres.newDatabase("it");
            try (Connection open = postgres.connect(database);
                    Statement statement = open.createStatement()) {
                statement.execute("create table t (k text)");
                statement.execute("insert into t values ('one')");

                postgres.kill();
                postgres.start();
            }
            assertThat(single(postgres, database, "select k from t")).isEqualTo("one");
            assertThat(single(postgres, database, "show fsync")).isEqualTo("on");
            assertThat(single(postgres, database, "show max_prepared_transactions"))
                    .isEqualTo("10");
        }
    }

    @Test
    void theTwoVersionsAreTheOldestAndTheNewest() throws SQLException {
        assertThat(single(Postgres.shared(PostgresVersion.LOW), "postgres", "show server_version"))
                .startsWith("14.");
        assertThat(single(Postgres.shared(PostgresVersion.HIGH), "postgres", "show server_version"))
                .startsWith("18.");
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertThatThrownBy(() -> DriverManager.getConnection(
                        Postgres.shared().jdbcUrl("postgres"), "postgres", "not the password"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password authentication failed");
    }

    private static String single(Postgres postgres, String database, String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    @Test
    void aCopyOfItsDataBringsItBack(@TempDir Path folder) {
        Path backup = folder.resolve("backup");
        try (Postgres postgres = Postgres.started()) {
            postgres.execute("postgres", "create table t as select 1 as a");
            postgres.backUp(backup);
            postgres.execute("postgres", "update t set a = 2");

            postgres.restore(backup);
            postgres.start();

            assertThat(postgres.query("postgres", "select a from t")).containsExactly("1");
        }
    }
}
