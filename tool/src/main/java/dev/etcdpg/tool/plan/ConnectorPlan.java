package dev.etcdpg.tool.plan;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A connector as it should be.
 *
 * @param config all settings, without {@code name}
 */
public record ConnectorPlan(String name, ConnectorKind kind, SortedMap<String, String> config) {

    public ConnectorPlan(String name, ConnectorKind kind, Map<String, String> config) {
        this(name, kind, Collections.unmodifiableSortedMap(new TreeMap<>(config)));
    }

    /** Class of the connector. */
    public String type() {
        return String.valueOf(config.get("connector.class"));
    }
}
