package dev.etcdpg.core.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads lists from settings that are not parsed, such as the settings of Connect. */
public final class CommaList {

    private CommaList() {}

    /** Returns the entries of a setting, without spaces around them and without empty ones. A missing setting is an empty list. */
    public static List<String> of(Map<String, String> settings, String name) {
        return Arrays.stream(settings.getOrDefault(name, "").split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }
}
