package dev.etcdpg.tool.file;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Resolves references to secrets that the tool itself needs, with Kafka's own config providers: {@code ${env:NAME}},
 * {@code ${file:/path:key}} and {@code ${directory:/path:name}}. The configurations of the connectors keep their references.
 */
public final class References {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}:]*):([^}]*)}");

    private References() {}

    /**
     * Returns a value without references.
     *
     * @param field for messages
     * @throws ProblemsException if a reference cannot be resolved
     */
    public static @Nullable String resolve(String field, @Nullable String value) {
        return value == null ? null : resolve(field, Map.of(field, value)).get(field);
    }

    /** Returns values without references, see {@link #resolve(String, String)}. */
    public static Map<String, String> resolve(String field, Map<String, String> values) {
        Map<String, ConfigProvider> providers = Map.of(
                "env", new EnvVarConfigProvider(),
                "file", new FileConfigProvider(),
                "directory", new DirectoryConfigProvider());
        providers.values().forEach(provider -> provider.configure(Map.of()));
        Map<String, String> resolved;
        try {
            resolved = new HashMap<>(
                    new ConfigTransformer(providers).transform(values).data());
        } catch (ConfigException e) {
            throw new ProblemsException(field, "A reference cannot be resolved on this machine: " + e.getMessage());
        }
        resolved.forEach((name, value) -> requireResolved(field, value));
        return resolved;
    }

    private static void requireResolved(String field, @Nullable String value) {
        Matcher left = REFERENCE.matcher(value == null ? "" : value);
        if (left.find()) {
            throw new ProblemsException(
                    field,
                    "The reference " + left.group() + " cannot be resolved on this machine. The tool knows "
                            + "${env:NAME}, ${file:/path:key} and ${directory:/path:name}, and needs the variable or the file.");
        }
    }
}
