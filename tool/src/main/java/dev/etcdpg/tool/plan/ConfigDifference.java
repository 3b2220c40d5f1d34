package dev.etcdpg.tool.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares the configuration of a connector with its plan. */
public final class ConfigDifference {

    private ConfigDifference() {}

    /** Returns a line for each setting that differs. Values of passwords are not shown, unless they are references to a config provider. */
    public static List<String> lines(Map<String, String> existing, Map<String, String> planned) {
        SortedSet<String> settings = new TreeSet<>(existing.keySet());
        settings.addAll(planned.keySet());
        // Connect adds the name to the configuration
        settings.remove("name");
        List<String> lines = new ArrayList<>();
        for (String setting : settings) {
            String before = existing.get(setting);
            String after = planned.get(setting);
            if (!Objects.equals(before, after)) {
                lines.add(setting + ": " + shown(setting, before) + " → " + shown(setting, after));
            }
        }
        return lines;
    }

    /** Returns a value as it may be printed. */
    public static String shown(String setting, @Nullable String value) {
        if (value == null) {
            return "(not set)";
        }
        boolean isReference = value.startsWith("${") && value.endsWith("}") && value.indexOf("${", 2) < 0;
        return isSecret(setting) && !isReference ? "[hidden]" : value;
    }

    private static boolean isSecret(String setting) {
        String name = setting.toLowerCase(Locale.ROOT);
        return name.contains("password") || name.contains("jaas") || name.contains("secret") || name.contains("token");
    }
}
