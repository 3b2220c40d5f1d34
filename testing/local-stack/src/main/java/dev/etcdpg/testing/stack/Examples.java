package dev.etcdpg.testing.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of config-examples, with values for their {@code ${NAME}} placeholders. */
public final class Examples {
    /** The names in the order of posting: a connector needs the objects that the connectors before it create. */
    public static final List<String> NAMES = List.of("etcd-source", "pg-sink", "pg-notify-source", "etcd-sink");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z_]+)}");

    private Examples() {}

    /** Returns the body that a user posts to /connectors. */
    public static JsonNode read(Path folder, String name, Map<String, String> environment) {
        Path file = folder.resolve(name + ".json");
        try {
            return JSON.readTree(fill(Files.readString(file), environment));
        } catch (IOException e) {
            throw new SandboxException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    public static String fill(String text, Map<String, String> environment) {
        return PLACEHOLDER.matcher(text).replaceAll(match -> {
            String value = environment.get(match.group(1));
            if (value == null) {
                throw new SandboxException("no value for the placeholder " + match.group());
            }
            return Matcher.quoteReplacement(value);
        });
    }
}
