package dev.etcdpg.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/** Writes docs/configuration.md from the connectors' own definitions. */
final class ConfigurationReference {

    private static final String HEAD =
            """
            # Configuration reference

            This page lists every setting of every plugin. It is generated from the code. After a change of a definition run
            `./mvnw -pl plugin -am test -Dtest=ConfigurationReferenceTest -Dreference.update -Dsurefire.failIfNoSpecifiedTests=false`.
            Kafka Connect's own settings (`tasks.max`, converters, `errors.*`, `topic.creation.*`, `producer.override.*`) apply too.
            [config-examples](../config-examples) shows the ones that matter. A setting that neither Connect nor the connector knows has no effect;
            the log of the worker has a warning with the name that was probably meant.
            """;

    private ConfigurationReference() {}

    static String write(Map<String, ConfigDef> definitions) {
        StringBuilder page = new StringBuilder(HEAD);
        definitions.forEach((plugin, definition) -> {
            page.append("\n## `").append(plugin).append("`\n");
            String group = null;
            for (ConfigKey key : sorted(definition)) {
                String its = key.group == null ? "Settings" : key.group;
                if (!its.equals(group)) {
                    group = its;
                    page.append("\n### ").append(group).append("\n\n");
                    page.append(
                            "| setting | type | default | valid values | description |\n| --- | --- | --- | --- | --- |\n");
                }
                page.append(row(key)).append('\n');
            }
        });
        return page.toString();
    }

    /** Groups in the order in which they first appear, and in a group the order that the definition gives. */
    private static List<ConfigKey> sorted(ConfigDef definition) {
        List<String> groups = new ArrayList<>(definition.groups());
        List<ConfigKey> keys = new ArrayList<>(definition.configKeys().values());
        keys.removeIf(key -> key.internalConfig);
        keys.sort((a, b) -> {
            int byGroup = Integer.compare(groups.indexOf(a.group), groups.indexOf(b.group));
            return byGroup != 0 ? byGroup : Integer.compare(a.orderInGroup, b.orderInGroup);
        });
        return keys;
    }

    private static String row(ConfigKey key) {
        return "| `" + key.name + "` | " + key.type.name().toLowerCase(java.util.Locale.ROOT) + " | " + defaultOf(key)
                + " | " + (key.validator == null ? "" : cell(key.validator.toString())) + " | "
                + cell(key.documentation)
                + " |";
    }

    private static String defaultOf(ConfigKey key) {
        if (!key.hasDefault()) {
            return "required";
        }
        String value = ConfigDef.convertToString(key.defaultValue, key.type);
        return value == null || value.isEmpty() ? "" : "`" + value + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ").strip();
    }
}
