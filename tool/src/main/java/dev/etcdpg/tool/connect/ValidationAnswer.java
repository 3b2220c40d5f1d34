package dev.etcdpg.tool.connect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads Connect's answer to the validation of a configuration. */
final class ValidationAnswer {

    private ValidationAnswer() {}

    /** Returns the sentences by setting. */
    static Map<String, List<String>> parse(JsonNode answer) {
        Map<String, List<String>> errors = new TreeMap<>();
        for (JsonNode setting : answer.path("configs")) {
            JsonNode value = setting.path("value");
            List<String> sentences = new ArrayList<>();
            value.path("errors").forEach(error -> sentences.add(error.asText()));
            if (!sentences.isEmpty()) {
                errors.put(value.path("name").asText(), sentences);
            }
        }
        return errors;
    }
}
