package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.junit.jupiter.api.Test;

class NotifySourceConnectorIT {

    private final PostgresNotifySourceConnector connector = new PostgresNotifySourceConnector();

    private Map<String, List<String>> errors(Map<String, String> settings) {
        return connector.validate(settings).configValues().stream()
                .filter(value -> !value.errorMessages().isEmpty())
                .collect(Collectors.toMap(ConfigValue::name, ConfigValue::errorMessages));
    }

    @Test
    void isFoundAsAService() {
        assertThat(ServiceLoader.load(SourceConnector.class).stream().map(ServiceLoader.Provider::type))
                .contains(PostgresNotifySourceConnector.class);
        assertThat(connector.version()).matches("\\d.*");
    }

    @Test
    void acceptsTheFewestSettings() {
        try (SourceDatabase database = SourceDatabase.empty()) {
            assertThat(errors(database.settings())).isEmpty();
            connector.start(database.settings());
            assertThat(connector.taskConfigs(5)).containsExactly(database.settings());
            assertThat(connector.exactlyOnceSupport(database.settings())).isEqualTo(ExactlyOnceSupport.SUPPORTED);
        }
    }

    @Test
    void saysAtWhichSettingItFails() {
        try (SourceDatabase database = SourceDatabase.empty()) {
            Map<String, String> settings = database.settings();
            settings.put("connection.password", "wrong");
            assertThat(errors(settings)).containsOnlyKeys("connection.password");
            settings = database.settings();
            settings.put("connection.url", SourceDatabase.SERVER.jdbcUrl("no_such_database"));
            assertThat(errors(settings)).containsOnlyKeys("connection.url");
            settings.put("connection.url", "jdbc:postgresql://127.0.0.1:1/nothing");
            assertThat(errors(settings)).containsOnlyKeys("connection.url");
            settings.put("connection.url", "mysql");
            settings.put("partitions", "0");
            assertThat(errors(settings)).containsOnlyKeys("connection.url", "partitions");
            assertThat(errors(new HashMap<>())).containsOnlyKeys("connection.url");
        }
    }

    @Test
    void theConflictsTopicIsNoTopicOfARoute() {
        try (SourceDatabase database = SourceDatabase.installed()) {
            Map<String, String> settings = database.settings();
            String route = database.rows("select route from etcd_route").get(0);
            settings.put("conflicts.topic", "pg." + route);
            assertThat(errors(settings)).containsOnlyKeys("conflicts.topic");
            assertThat(errors(settings).get("conflicts.topic"))
                    .singleElement()
                    .asString()
                    .contains("conflicts.topic is pg." + route, "route " + route);
            settings.put("conflicts.topic", "pg.elsewhere");
            assertThat(errors(settings)).isEmpty();
        }
    }

    @Test
    void namesEachRightThatTheRoleLacks() {
        try (SourceDatabase database = SourceDatabase.installed()) {
            String role = "source_" + database.name;
            database.run("create role " + role + " login password 'plain'");
            Map<String, String> settings = database.settings();
            settings.put("connection.user", role);
            settings.put("connection.password", "plain");
            assertThat(errors(settings).get("connection.user"))
                    .singleElement()
                    .asString()
                    .contains("USAGE on schema etcd_sync", "etcd_grant_to_source('" + role + "')");
            database.run("select etcd_grant_to_source('" + role + "')");
            assertThat(errors(settings)).isEmpty();
            List<String> rights = database.rows(
                    "select p || ' on table ' || coalesce('etcd_sync.' || relation, 'public.app') from etcd_rights('source'), unnest(privileges) p");
            assertThat(rights).hasSizeGreaterThan(15).contains("UPDATE on table public.app");
            for (String right : rights) {
                database.run("revoke " + right + " from " + role);
                assertThat(errors(settings).get("connection.user"))
                        .singleElement()
                        .asString()
                        .contains("The role lacks these rights: " + right + ".");
                database.run("grant " + right + " to " + role);
            }
            database.run("alter table app enable row level security");
            assertThat(errors(settings).get("connection.user"))
                    .singleElement()
                    .asString()
                    .contains("BYPASSRLS (row-level security of table public.app hides rows)");
            database.run("drop owned by " + role + "; drop role " + role);
        }
    }

    @Test
    void offsetsMayBeAlteredIfTheyMakeSense() {
        Map<String, String> partition = Map.of("origin", "4d1c7fb1-2d5b-4a5e-8f7a-1f0c8f0d3c11");
        assertThat(connector.alterOffsets(Map.of(), Map.of(partition, Map.of("number", 5, "app/0", 4L))))
                .isTrue();
        Map<Map<String, ?>, Map<String, ?>> reset = new HashMap<>();
        reset.put(partition, null);
        assertThat(connector.alterOffsets(Map.of(), reset)).isTrue();
        for (Map<String, ?> wrong : List.<Map<String, ?>>of(
                Map.of("number", "five"),
                Map.of("app/0", 4L),
                Map.of("number", 5, "app/0", 6L),
                Map.of("number", -1),
                Map.of("number", Long.MAX_VALUE),
                Map.of("number", 5, "other", 4L))) {
            assertThatThrownBy(() -> connector.alterOffsets(Map.of(), Map.of(partition, wrong)))
                    .isInstanceOf(ConnectException.class);
        }
        assertThatThrownBy(() -> connector.alterOffsets(Map.of(), Map.of(Map.of("db", "x"), Map.of("number", 5))))
                .isInstanceOf(ConnectException.class);
    }
}
