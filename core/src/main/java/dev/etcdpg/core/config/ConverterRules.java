package dev.etcdpg.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges the converters of a configuration. Connect converts records before a sink and after a source sees them, so a converter that does not
 * fit turns all records into dead letters, and the connector cannot notice it.
 */
final class ConverterRules {

    static final String KEY_CONVERTER = "key.converter";
    static final String KEY_SCHEMAS_ENABLE = "key.converter.schemas.enable";
    static final String VALUE_CONVERTER = "value.converter";
    static final String SCHEMAS_ENABLE = "value.converter.schemas.enable";

    private static final String JSON = "JsonConverter";

    /** Converters of Kafka that cannot carry a structure. */
    private static final Set<String> FLAT = Set.of(
            "StringConverter",
            "ByteArrayConverter",
            "BooleanConverter",
            "DoubleConverter",
            "FloatConverter",
            "IntegerConverter",
            "LongConverter",
            "ShortConverter",
            "SimpleHeaderConverter");

    private static final String KEY_ADVICE =
            "Set " + KEY_CONVERTER + "=org.apache.kafka.connect.storage.StringConverter at all four connectors.";

    private static final String ADVICE =
            "Set " + VALUE_CONVERTER + "=org.apache.kafka.connect.json.JsonConverter and " + SCHEMAS_ENABLE + "=false.";

    private ConverterRules() {}

    /** Returns why the records of this project cannot pass the converter; empty if they can. */
    static Optional<String> mistake(Map<String, String> settings, boolean isSink) {
        String converter = simpleName(settings.getOrDefault(VALUE_CONVERTER, ""));
        if (FLAT.contains(converter)) {
            return Optional.of(VALUE_CONVERTER + " is " + converter + ", which cannot carry structures. " + ADVICE);
        }
        boolean hasSchemas =
                !settings.getOrDefault(SCHEMAS_ENABLE, "true").strip().equalsIgnoreCase("false");
        if (isSink && converter.equals(JSON) && hasSchemas) {
            return Optional.of(VALUE_CONVERTER + " is JsonConverter, and " + SCHEMAS_ENABLE
                    + " is true, which is the default of the converter. The converter then refuses all records without a schema. Set "
                    + SCHEMAS_ENABLE + "=false. The sink then reads records with and without a schema.");
        }
        return Optional.empty();
    }

    /** Returns why the keys of this project, which are text, cannot pass the converter; empty if they can. */
    static Optional<String> keyMistake(Map<String, String> settings, boolean isSink) {
        String converter = simpleName(settings.getOrDefault(KEY_CONVERTER, ""));
        if (FLAT.contains(converter)
                && !converter.equals("StringConverter")
                && !converter.equals("ByteArrayConverter")) {
            return Optional.of(KEY_CONVERTER + " is " + converter + ", which cannot carry text. " + KEY_ADVICE);
        }
        if (isSink && converter.equals(JSON) && !settings.containsKey(KEY_SCHEMAS_ENABLE)) {
            return Optional.of(KEY_CONVERTER + " is JsonConverter, and " + KEY_SCHEMAS_ENABLE
                    + " is not set, so it is true. The converter then refuses all records whose source has another converter. "
                    + KEY_ADVICE
                    + " If the source has JsonConverter with schemas too, set " + KEY_SCHEMAS_ENABLE + "=true.");
        }
        return Optional.empty();
    }

    /** Returns warnings about converters that are left to the worker. */
    static List<String> warnings(Map<String, String> settings) {
        List<String> warnings = new ArrayList<>();
        Map.of(KEY_CONVERTER, KEY_ADVICE, VALUE_CONVERTER, ADVICE).forEach((converter, advice) -> {
            if (!settings.containsKey(converter)) {
                warnings.add(converter
                        + " is not set, so the worker's default applies, which the connector does not know. " + advice);
            }
        });
        return warnings;
    }

    private static String simpleName(String converter) {
        return converter.substring(converter.lastIndexOf('.') + 1).strip();
    }
}
