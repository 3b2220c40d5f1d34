package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each connector reports mistakes in its configuration by field, and tries the connection. */
class ConfigurationValidationIT {

    private final Sides sides = Sides.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.etcdpg.etcd.source.EtcdSourceConnector",
                "dev.etcdpg.pg.sink.PostgresSinkConnector",
                "dev.etcdpg.pg.source.PostgresNotifySourceConnector",
                "dev.etcdpg.etcd.sink.EtcdSinkConnector"
            })
    void aConfigurationIsJudgedFieldByField(String connector) {
        boolean isEtcd = connector.contains(".etcd.");
        String server = isEtcd ? "etcd.endpoints" : "connection.url";
        Map<String, String> config = new HashMap<>();
        config.put("name", "judged");
        config.put("connector.class", connector);
        config.put("topics", isEtcd ? "pg.etcd" : "etcd.etcd");
        config.put("etcd.prefix", "/x/");

        assertThat(errors(config)).as("nothing but a prefix").containsOnlyKeys(server);

        config.put(server, isEtcd ? "http://127.0.0.1:1" : "jdbc:postgresql://127.0.0.1:1/none");
        assertThat(errors(config)).as("nobody listens there").containsKey(server);

        Map<String, String> environment = sides.stack.environment();
        config.put(server, environment.get(isEtcd ? "ETCD_ENDPOINTS" : "PG_JDBC_URL"));
        if (!isEtcd) {
            config.put("connection.user", environment.get("PG_USER"));
            config.put("connection.password", "not the password");
            assertThat(errors(config)).as("wrong password").isNotEmpty();
            assertThat(errors(config).toString()).doesNotContain("not the password");
            config.put("connection.password", environment.get("PG_PASSWORD"));
        }
        config.put("retry.backoff.ms", "soon");
        assertThat(errors(config)).as("not a number").containsOnlyKeys("retry.backoff.ms");

        config.remove("retry.backoff.ms");
        assertThat(errors(config)).as("the server and a prefix are enough").isEmpty();

        config.put("retry.backof.ms", "200");
        assertThat(errors(config)).as("a typing error is a warning").isEmpty();
        assertThat(sides.workerLog())
                .contains("Unknown setting retry.backof.ms, which has no effect. Did you mean retry.backoff.ms?")
                .contains("value.converter is not set");

        config.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
        assertThat(errors(config))
                .as("a converter that cannot carry structures")
                .containsOnlyKeys("value.converter");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        assertThat(errors(config).containsKey("value.converter"))
                .as("a sink needs schemas.enable=false")
                .isEqualTo(connector.contains("Sink"));
        config.put("value.converter.schemas.enable", "false");
        assertThat(errors(config)).isEmpty();

        config.put("topics", "etcd.other");
        if (connector.contains("PostgresSink")) {
            assertThat(errors(config).get("topics"))
                    .as("a topic without a route")
                    .hasSize(1);
        }
        config.put("topics", isEtcd ? "pg.etcd" : "etcd.etcd");
        config.put("routes", "other=/other/");
        if (!connector.contains("Notify")) {
            assertThat(errors(config)).as("both settings of the prefix").containsOnlyKeys("routes");
        }
    }

    /** Returns the messages by setting. */
    private Map<String, List<String>> errors(Map<String, String> config) {
        Map<String, List<String>> errors = new HashMap<>();
        for (JsonNode one : sides.connect().validate(config).path("configs")) {
            List<String> messages = new ArrayList<>();
            one.path("value").path("errors").forEach(message -> messages.add(message.asText()));
            if (!messages.isEmpty()) {
                errors.put(one.path("value").path("name").asText(), messages);
            }
        }
        return errors;
    }
}
