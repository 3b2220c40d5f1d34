package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.kit.TestSinkContext;
import dev.etcdpg.testing.servers.Postgres;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;

class PgSinkConnectorIT {

    private final Postgres postgres = Postgres.shared();
    private final PostgresSinkConnector connector = new PostgresSinkConnector();

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("connection.url", postgres.jdbcUrl(postgres.newDatabase("validate")));
        settings.put("connection.user", postgres.user());
        settings.put("connection.password", postgres.password());
        settings.put("etcd.prefix", "/k/");
        settings.put("topics", "etcd.etcd");
        return settings;
    }

    private Map<String, List<String>> errors(Map<String, String> settings) {
        Map<String, List<String>> errors = new HashMap<>();
        for (ConfigValue value : connector.validate(settings).configValues()) {
            if (!value.errorMessages().isEmpty()) {
                errors.put(value.name(), value.errorMessages());
            }
        }
        return errors;
    }

    @Test
    void theConnectorIsFoundAndHasAVersion() {
        assertThat(ServiceLoader.load(SinkConnector.class)).anyMatch(found -> found instanceof PostgresSinkConnector);
        assertThat(connector.version()).matches("\\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void onlyTheUrlAndThePrefixAreRequired() {
        assertThat(errors(settings())).isEmpty();
    }

    @Test
    void eachErrorIsReportedAtItsSetting() {
        Map<String, String> settings = settings();
        settings.put("conflict.policy", "coin");
        settings.put("connection.url", "postgresql://somewhere");
        assertThat(errors(settings)).containsOnlyKeys("conflict.policy", "connection.url");
        settings = settings();
        settings.remove("etcd.prefix");
        assertThat(errors(settings)).containsOnlyKeys("routes");
        settings = settings();
        settings.put("connection.password", "wrong");
        assertThat(errors(settings)).containsOnlyKeys("connection.password");
        settings = settings();
        settings.put("connection.url", "jdbc:postgresql://127.0.0.1:1/nothing");
        assertThat(errors(settings)).containsOnlyKeys("connection.url");
        settings = settings();
        settings.put("connection.url", postgres.jdbcUrl("nothing"));
        assertThat(errors(settings)).containsOnlyKeys("connection.url");
    }

    @Test
    void validationNamesATableSchemaThatDoesNotExist() {
        Map<String, String> settings = settings();
        settings.put("table.schema", "absent");

        assertThat(errors(settings)).containsOnlyKeys("table.schema");
        assertThat(errors(settings).get("table.schema"))
                .singleElement()
                .asString()
                .contains("no schema absent");
    }

    @Test
    void aDatabaseWhoseSessionsCannotBeMirroredIsRefused() {
        Map<String, String> settings = settings();
        String database = settings.get("connection.url").replaceAll(".*/", "");
        postgres.execute(database, "alter database " + database + " set session_replication_role = replica");
        assertThat(errors(settings).get("connection.url"))
                .singleElement()
                .asString()
                .contains("session_replication_role is replica");
        PostgresSinkTask task = new PostgresSinkTask();
        task.initialize(new TestSinkContext(Map.of()));
        task.start(settings);
        assertThatThrownBy(() -> task.put(List.of()))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("session_replication_role is replica");
        task.stop();

        postgres.execute(
                database, "create database " + database + "_latin encoding latin1 locale 'C' template template0");
        settings.put("connection.url", postgres.jdbcUrl(database + "_latin"));
        assertThat(errors(settings).get("connection.url"))
                .singleElement()
                .asString()
                .contains("LATIN1", "UTF8");
    }

    /** From PostgreSQL 15 on, not everybody may create tables in public. */
    @Test
    void validationNamesTheRightsThatTheRoleLacks() {
        Map<String, String> settings = settings();
        String database = settings.get("connection.url").replaceAll(".*/", "");
        postgres.execute(database, "drop role if exists plain; create role plain login password 'plain'");
        settings.put("connection.user", "plain");
        settings.put("connection.password", "plain");
        assertThat(errors(settings).get("connection.user"))
                .singleElement()
                .asString()
                .contains("CREATE on database " + database + ", CREATE on schema public. Grant them.");
        postgres.execute(
                database, "grant create on database " + database + " to plain; grant create on schema public to plain");
        assertThat(errors(settings)).isEmpty();
        PostgresSinkTask task = new PostgresSinkTask();
        task.initialize(new TestSinkContext(Map.of()));
        task.start(settings);
        task.put(List.of());
        task.stop();
        assertThat(errors(settings)).as("when its own tables are there").isEmpty();
    }

    @Test
    void validationNamesTheRightsOnTablesOfAnotherRole() {
        Map<String, String> settings = settings();
        String database = settings.get("connection.url").replaceAll(".*/", "");
        PostgresSinkTask task = new PostgresSinkTask();
        task.initialize(new TestSinkContext(Map.of()));
        task.start(settings);
        task.put(List.of());
        task.stop();
        postgres.execute(database, "drop role if exists other; create role other login password 'other'");
        settings.put("connection.user", "other");
        settings.put("connection.password", "other");
        assertThat(errors(settings).get("connection.user"))
                .singleElement()
                .asString()
                .contains(
                        "USAGE on schema etcd_sync",
                        "ownership of etcd_sync.etcd_database",
                        "INSERT on table public.etcd");
        settings.put("auto.create", "false");
        assertThat(errors(settings).get("connection.user"))
                .singleElement()
                .asString()
                .contains("USAGE on schema etcd_sync", "UPDATE on table etcd_sync.etcd_mirror", "grants.sql")
                .doesNotContain("ownership");
        postgres.execute(database, "select etcd_sync.etcd_grant_to_connectors('other')");
        assertThat(errors(settings)).isEmpty();
        postgres.execute(database, "alter table public.etcd enable row level security");
        assertThat(errors(settings).get("connection.user"))
                .singleElement()
                .asString()
                .contains("BYPASSRLS (row-level security of table public.etcd hides rows)");
    }

    @Test
    void validationNamesEachRightOnTheTables() {
        Map<String, String> settings = settings();
        String database = settings.get("connection.url").replaceAll(".*/", "");
        PostgresSinkTask task = new PostgresSinkTask();
        task.initialize(new TestSinkContext(Map.of()));
        task.start(settings);
        task.put(List.of());
        task.stop();
        String role = "sink_" + database;
        postgres.execute(
                database,
                "create role " + role + " login password 'plain'; select etcd_sync.etcd_grant_to_sink('" + role + "')");
        settings.put("connection.user", role);
        settings.put("connection.password", "plain");
        settings.put("auto.create", "false");
        assertThat(errors(settings)).isEmpty();
        List<String> rights = postgres.query(
                database,
                "select p || ' on table ' || coalesce('etcd_sync.' || relation, 'public.etcd')"
                        + " from etcd_sync.etcd_rights('sink'), unnest(privileges) p");
        assertThat(rights).hasSizeGreaterThan(30).contains("DELETE on table public.etcd");
        for (String right : rights) {
            postgres.execute(database, "revoke " + right + " from " + role);
            assertThat(errors(settings).get("connection.user"))
                    .singleElement()
                    .asString()
                    .contains("The role lacks these rights: " + right + ".");
            postgres.execute(database, "grant " + right + " to " + role);
        }
        postgres.execute(database, "drop owned by " + role + "; drop role " + role);
    }

    @Test
    void aReadOnlyServerIsReportedAtTheUrl() {
        Map<String, String> settings = settings();
        String url = settings.get("connection.url");
        String database = url.substring(url.lastIndexOf('/') + 1);
        postgres.execute("postgres", "alter database " + database + " set default_transaction_read_only = on");
        assertThat(errors(settings)).containsOnlyKeys("connection.url");
        assertThat(errors(settings).get("connection.url").get(0)).contains("read-only");
    }

    /** The message of etcd_install has a hint. */
    @Test
    void theHintOfOurSqlReachesTheStatus() {
        Map<String, String> settings = settings();
        PostgresSinkTask first = new PostgresSinkTask();
        first.initialize(new TestSinkContext(Map.of()));
        first.start(settings);
        first.put(List.of());
        first.stop();
        settings.put("table.schema", "elsewhere");
        PostgresSinkTask task = new PostgresSinkTask();
        task.initialize(new TestSinkContext(Map.of()));
        task.start(settings);
        assertThatThrownBy(() -> task.put(List.of()))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("cannot be installed")
                .hasMessageContaining("Hint: ");
        task.stop();
    }

    @Test
    void withoutAutoCreateTheErrorNamesTheMissingTables() {
        Map<String, String> settings = settings();
        settings.put("auto.create", "false");
        PostgresSinkTask task = new PostgresSinkTask();
        task.initialize(new TestSinkContext(Map.of()));
        task.start(settings);
        task.open(List.of(Bench.PARTITION));
        assertThatThrownBy(() -> task.put(List.of()))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("auto.create");
        task.stop();
    }

    @Test
    void aTableThatCannotBeMirroredIsRefused() {
        Map<String, String> settings = settings();
        String url = settings.get("connection.url");
        postgres.execute(url.substring(url.lastIndexOf('/') + 1), "create table public.etcd (id int)");
        PostgresSinkTask task = new PostgresSinkTask();
        task.initialize(new TestSinkContext(Map.of()));
        task.start(settings);
        assertThatThrownBy(() -> task.put(List.of()))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("column key");
        task.stop();
    }

    @Test
    void aTopicWithoutARouteIsRefused() {
        PostgresSinkTask task = new PostgresSinkTask();
        task.initialize(new TestSinkContext(Map.of()));
        task.start(settings());
        assertThatThrownBy(() -> task.open(List.of(new org.apache.kafka.common.TopicPartition("other", 0))))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("etcd.etcd");
        task.stop();
    }
}
