package dev.etcdpg.tool.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The schema as a tree. */
final class SchemaText {

    private static final JsonNode TREE = tree();

    private SchemaText() {}

    /**
     * Returns the part of the schema that contains a rule.
     *
     * @param rule a JSON pointer such as {@code /properties/etcd/additionalProperties}, which may begin with # and may go through references
     */
    static JsonNode at(String rule) {
        String pointer = rule.replaceFirst("^#", "").replaceFirst("/[^/]*$", "");
        return TREE.at(pointer);
    }

    private static JsonNode tree() {
        try {
            return new ObjectMapper().readTree(SyncFileReader.schemaText());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The schema in the archive is not JSON", e);
        }
    }
}
