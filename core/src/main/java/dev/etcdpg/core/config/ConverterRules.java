package dev.etcdpg.core.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges the converters of a configuration. Connect converts records before a sink and after a source sees them, so a converter that does not
 * fit turns all records into dead letters, and the connector cannot notice it.
 */
final class ConverterRules {

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

    /** Returns a warning; empty if there is nothing to warn of. */
    static Optional<String> warning(Map<String, String> settings) {
        return settings.containsKey(VALUE_CONVERTER)
                ? Optional.empty()
                : Optional.of(VALUE_CONVERTER
                        + " is not set, so the worker's default applies, which the connector does not know. " + ADVICE);
    }

    private static String simpleName(String converter) {
        return converter.substring(converter.lastIndexOf('.') + 1).strip();
    }
}
