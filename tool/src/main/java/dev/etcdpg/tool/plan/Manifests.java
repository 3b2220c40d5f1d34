package dev.etcdpg.tool.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A plan as files, for those who deploy by other means. */
public final class Manifests {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();

    private static final String STRIMZI_API = "kafka.strimzi.io/v1beta2";

    private Manifests() {}

    /** Returns a JSON document with the list {@code topics}, and the list {@code connectors} of the bodies for Connect's REST API. */
    public static String json(DeploymentPlan plan) {
        List<Map<String, Object>> connectors = plan.connectors().stream()
                .map(connector -> ordered("name", connector.name(), "config", connector.config()))
                .toList();
        return write(JSON, ordered("topics", plan.topics(), "connectors", connectors)) + "\n";
    }

    /**
     * Returns resources of Strimzi. Strimzi makes the names of its resources from the names of topics, in which it allows dots.
     *
     * @param cluster name of the KafkaConnect resource
     * @see <a href="https://strimzi.io/docs/operators/latest/configuring">Strimzi API reference</a>
     */
    public static String strimzi(DeploymentPlan plan, String cluster) {
        StringBuilder text = new StringBuilder();
        for (TopicPlan topic : plan.topics()) {
            Map<String, Object> spec =
                    ordered("partitions", topic.partitions(), "config", new TreeMap<>(topic.config()));
            if (topic.replicationFactor() > 0) {
                spec.put("replicas", topic.replicationFactor());
            }
            text.append(write(YAML, resource("KafkaTopic", topic.name(), cluster, spec)));
        }
        for (ConnectorPlan connector : plan.connectors()) {
            Map<String, String> config = new TreeMap<>(connector.config());
            String type = String.valueOf(config.remove("connector.class"));
            int tasks = Integer.parseInt(String.valueOf(config.remove("tasks.max")));
            text.append(write(
                    YAML,
                    resource(
                            "KafkaConnector",
                            connector.name(),
                            cluster,
                            ordered("class", type, "tasksMax", tasks, "config", config))));
        }
        return text.toString();
    }

    private static Map<String, Object> resource(String kind, String name, String cluster, Map<String, Object> spec) {
        return ordered(
                "apiVersion",
                STRIMZI_API,
                "kind",
                kind,
                "metadata",
                ordered("name", name, "labels", ordered("strimzi.io/cluster", cluster)),
                "spec",
                spec);
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    private static String write(ObjectMapper mapper, Object document) {
        try {
            return mapper.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
