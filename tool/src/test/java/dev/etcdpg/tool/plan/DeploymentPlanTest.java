package dev.etcdpg.tool.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.tool.file.SyncFileReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeploymentPlanTest {

    private static final String STORES =
            """
            name: shop
            etcd: {endpoints: ["http://a:2379", "http://b:2379"], user: sync, password: "${env:ETCD}"}
            postgres: {url: "postgresql://db:5432/app", user: sync, password: "${env:PG}"}
            kafka: {bootstrapServers: "kafka:9092", replicationFactor: 3, properties: {security.protocol: SSL}}
            """;

    private static final String ONE_ROUTE = STORES + "routes: [{prefix: /config/, table: config}]\n";

    @Test
    void oneRouteNeedsTheFourConnectorsInTheirOrder() {
        DeploymentPlan plan = plan(ONE_ROUTE);

        assertThat(plan.connectors())
                .extracting(ConnectorPlan::name)
                .containsExactly("shop-etcd-source", "shop-pg-sink", "shop-pg-notify-source", "shop-etcd-sink");
        assertThat(plan.topics())
                .extracting(TopicPlan::name)
                .containsExactlyInAnyOrder(
                        "shop.etcd.config",
                        "shop.pg.config",
                        "shop.etcd.dlq",
                        "shop.pg.conflicts",
                        "shop-pg-sink.dlq",
                        "shop-etcd-sink.dlq");
    }

    @Test
    void connectorsHaveTheSettingsOfTheFileAndOfTheExamples() {
        Map<String, String> source = plan(ONE_ROUTE).connectors().get(0).config();
        Map<String, String> sink = plan(ONE_ROUTE).connectors().get(1).config();

        assertThat(source)
                .containsEntry("etcd.endpoints", "http://a:2379,http://b:2379")
                .containsEntry("etcd.password", "${env:ETCD}")
                .containsEntry("routes", "config=/config/")
                .containsEntry("topic.prefix", "shop.etcd")
                .containsEntry("exactly.once.support", "required")
                .containsEntry("kafka.security.protocol", "SSL")
                .doesNotContainKey("etcd.prefix");
        assertThat(sink)
                .containsEntry("connection.url", "jdbc:postgresql://db:5432/app")
                .containsEntry("topics", "shop.etcd.config")
                .containsEntry("errors.deadletterqueue.topic.name", "shop-pg-sink.dlq")
                .containsEntry("consumer.override.isolation.level", "read_committed");
        assertThat(plan(ONE_ROUTE).connectors())
                .allSatisfy(connector -> assertThat(connector.config().values())
                        .noneMatch(value -> value.startsWith("${") && !value.startsWith("${env:")));
    }

    @Test
    void topicsHaveTheSettingsThatSourcesGiveNewTopics() {
        assertThat(plan(ONE_ROUTE).topics())
                .filteredOn(topic -> topic.name().equals("shop.etcd.config"))
                .singleElement()
                .satisfies(topic -> {
                    assertThat(topic.partitions()).isEqualTo(4);
                    assertThat(topic.replicationFactor()).isEqualTo((short) 3);
                    assertThat(topic.config())
                            .containsEntry("cleanup.policy", "delete")
                            .containsEntry("max.message.bytes", "16777216");
                });
    }

    @Test
    void routesWithEqualOptionsShareAConnector() {
        DeploymentPlan plan = plan(
                STORES
                        + """
                routes:
                  - {prefix: /a/, table: a}
                  - {prefix: /b/, table: other.b}
                  - {prefix: /c/, table: c, conflictPolicy: manual, partitions: 8}
                  - {prefix: /d/, table: d, direction: from-etcd}
                """);

        assertThat(routes(plan))
                .containsExactly(
                        Map.entry("shop-etcd-source", "a=/a/,b=/b/"),
                        Map.entry("shop-etcd-source-p8", "c=/c/"),
                        Map.entry("shop-etcd-source-one-way", "d=/d/"),
                        Map.entry("shop-pg-sink", "a=/a/,d=/d/"),
                        Map.entry("shop-pg-sink-in-other", "b=/b/"),
                        Map.entry("shop-pg-sink-manual", "c=/c/"),
                        Map.entry("shop-etcd-sink", "a=/a/,b=/b/,c=/c/"));
        assertThat(plan.connectors())
                .filteredOn(connector -> connector.name().equals("shop-etcd-source-one-way"))
                .singleElement()
                .satisfies(
                        connector -> assertThat(connector.config()).containsEntry("snapshot.interval.ms", "3600000"));
        assertThat(plan.connectors())
                .filteredOn(connector -> connector.kind() == ConnectorKind.PG_NOTIFY_SOURCE)
                .singleElement()
                .satisfies(connector -> assertThat(connector.config()).containsEntry("partitions", "8"));
    }

    @Test
    void oneDirectionNeedsTwoConnectors() {
        DeploymentPlan plan = plan(STORES + "routes: [{prefix: /config/, table: config, direction: from-etcd}]\n");

        assertThat(plan.connectors())
                .extracting(ConnectorPlan::kind)
                .containsExactly(ConnectorKind.ETCD_SOURCE, ConnectorKind.PG_SINK);
        assertThat(plan.topics())
                .extracting(TopicPlan::name)
                .containsExactlyInAnyOrder("shop.etcd.config", "shop.etcd.dlq", "shop-pg-sink.dlq");
    }

    @Test
    void settingsOfTheFileTakePrecedence() {
        DeploymentPlan plan = plan(ONE_ROUTE + "settings: {etcdSource: {tasks.max: 3, partitions: 2}}\n");

        assertThat(plan.connectors().get(0).config())
                .containsEntry("tasks.max", "3")
                .containsEntry("partitions", "2");
    }

    @Test
    void aPlanOwnsTheConnectorsOfItsName() {
        DeploymentPlan plan = plan(ONE_ROUTE);

        assertThat(List.of("shop-pg-sink", "shop-pg-sink-manual", "shop-etcd-source-p8"))
                .allMatch(plan::owns);
        assertThat(List.of("pg-sink", "shop2-pg-sink", "shop-pg-sinks", "shop-jdbc", "other-shop-pg-sink"))
                .noneMatch(plan::owns);
    }

    @Test
    void strimziResourcesHaveClassAndTasksInTheSpec() {
        String text = Manifests.strimzi(plan(ONE_ROUTE), "my-connect");

        assertThat(text.split("(?m)^---\n"))
                .hasSize(11)
                .filteredOn(resource -> resource.contains("kind: KafkaConnector"))
                .hasSize(4)
                .allSatisfy(resource -> assertThat(resource)
                        .contains("strimzi.io/cluster: my-connect", "class: dev.etcdpg.", "tasksMax: ")
                        .doesNotContain("connector.class"));
    }

    @Test
    void jsonHasTheBodiesOfTheRestApi() throws Exception {
        JsonNode json = new ObjectMapper().readTree(Manifests.json(plan(ONE_ROUTE)));

        assertThat(json.path("connectors")).hasSize(4);
        assertThat(json.path("connectors").get(1).path("name").asText()).isEqualTo("shop-pg-sink");
        assertThat(json.path("connectors")
                        .get(1)
                        .path("config")
                        .path("connector.class")
                        .asText())
                .isEqualTo("dev.etcdpg.pg.sink.PostgresSinkConnector");
        assertThat(json.path("topics")).hasSize(6);
    }

    @Test
    void differencesShowNoPassword() {
        assertThat(ConfigDifference.lines(
                        Map.of("connection.password", "hunter2", "tasks.max", "1", "name", "x"),
                        Map.of("connection.password", "${env:PG}", "tasks.max", "2")))
                .containsExactly("connection.password: [hidden] → ${env:PG}", "tasks.max: 1 → 2");
    }

    private static List<Map.Entry<String, String>> routes(DeploymentPlan plan) {
        return plan.connectors().stream()
                .filter(connector -> connector.config().containsKey("routes"))
                .map(connector -> Map.entry(connector.name(), connector.config().get("routes")))
                .toList();
    }

    private static DeploymentPlan plan(String file) {
        return DeploymentPlan.of(SyncFileReader.parse("sync.yaml", file));
    }
}
