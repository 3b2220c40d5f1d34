package dev.etcdpg.tool.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ValidationMessage;
import dev.etcdpg.core.config.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Turns the messages of the schema validator into sentences that say what to do. They show no value, because a value can be a secret. */
final class SchemaProblems {

    String sentence(ValidationMessage message) {
        JsonNode rule = message.getSchemaNode();
        return switch (message.getType()) {
            case "additionalProperties" -> unknown(message.getProperty(), known(message));
            case "required" -> "The field " + message.getProperty() + " is missing.";
            case "enum" -> "The value must be one of " + names(rule) + ".";
            case "type" -> "The value must be " + types(rule) + ".";
            case "pattern" -> "The value does not have the form " + rule.asText() + "." + about(message);
            case "minimum" -> "The value must be at least " + rule.asText() + ".";
            case "maximum" -> "The value must be at most " + rule.asText() + ".";
            case "minItems" -> "The list must have at least " + rule.asText() + " entry.";
            case "minLength" -> "The value must not be empty.";
            default -> message.getMessage();
        };
    }

    private static String unknown(String field, List<String> known) {
        return "Unknown field " + field + ". "
                + NearestName.of(field, known)
                        .map(meant -> "Did you mean " + meant + "?")
                        .orElse("The fields here are " + String.join(", ", known) + ".");
    }

    private static List<String> known(ValidationMessage message) {
        List<String> names = new ArrayList<>();
        JsonNode schema =
                SchemaText.at(message.getSchemaLocation().getFragment().toString());
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The description of the field says what the pattern means. */
    private static String about(ValidationMessage message) {
        JsonNode schema =
                SchemaText.at(message.getSchemaLocation().getFragment().toString());
        String description = schema.path("description").asText();
        return description.isEmpty() ? "" : " " + description;
    }

    private static String names(JsonNode rule) {
        return StreamSupport.stream(rule.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining(", "));
    }

    private static String types(JsonNode rule) {
        return rule.isTextual() ? word(rule.asText()) : "a text, a number, true or false";
    }

    private static String word(String type) {
        return switch (type) {
            case "string" -> "a text";
            case "array" -> "a list";
            case "object" -> "a mapping of fields";
            case "integer" -> "a whole number";
            default -> "of the type " + type;
        };
    }
}
