package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Values;
import dev.etcdpg.testing.stack.Entry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compares both sides by key: value, revisions, version and lease. */
public final class Equality {
    private Equality() {}

    /**
     * Returns the differences in the order of keys; empty if both sides are equal.
     *
     * @param etcd entries with complete values
     * @param postgres rows by key, with values shortened by {@link Values}
     */
    static List<String> differences(Collection<Entry> etcd, Map<String, Entry> postgres) {
        Map<String, Entry> there = new HashMap<>();
        etcd.forEach(entry -> there.put(entry.key(), shortened(entry)));
        Set<String> keys = new TreeSet<>(there.keySet());
        keys.addAll(postgres.keySet());
        keys.removeIf(key -> there.containsKey(key) && there.get(key).equals(postgres.get(key)));
        return keys.stream()
                .map(key -> key + " (in etcd " + revision(there.get(key)) + ", in PostgreSQL "
                        + revision(postgres.get(key)) + ")")
                .toList();
    }

    private static Entry shortened(Entry entry) {
        return new Entry(
                entry.key(),
                Values.shortened(entry.value()),
                entry.createRevision(),
                entry.modRevision(),
                entry.version(),
                entry.lease());
    }

    private static String revision(Entry entry) {
        return entry == null
                ? "absent"
                : "revision " + entry.modRevision() + ", version " + entry.version() + ", lease " + entry.lease();
    }
}
