package dev.etcdpg.tool.plan;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The files of {@code config-examples}: they have the settings of Connect and Kafka that every deployment needs. */
final class ConnectorTemplates {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<TreeMap<String, String>> SETTINGS = new TypeReference<>() {};

    private ConnectorTemplates() {}

    /** Returns the settings of an example, without those whose values the user of the example fills in. */
    static Map<String, String> of(ConnectorKind kind) {
        String file = kind.suffix() + ".json";
        try (InputStream in = Objects.requireNonNull(
                ConnectorTemplates.class.getResourceAsStream(file), () -> "the archive has no " + file)) {
            JsonNode example = JSON.readTree(in);
            Map<String, String> settings = JSON.convertValue(example.get("config"), SETTINGS);
            settings.values().removeIf(value -> value.startsWith("${"));
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
