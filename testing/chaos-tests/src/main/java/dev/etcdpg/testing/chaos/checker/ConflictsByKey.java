package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Change;
import dev.etcdpg.testing.chaos.history.Lost;
import dev.etcdpg.testing.chaos.history.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The committed changes and their conflicts, by key. */
public final class ConflictsByKey {
    private record Deletes(String key, String transaction) {}

    private final Map<String, List<Change>> changes = new TreeMap<>();
    private final Map<String, Map<String, Change>> puts = new HashMap<>();
    private final Map<Long, Lost> lost = new HashMap<>();
    private final List<String> failures = new ArrayList<>();

    /** @param conflicts in the order of their changes */
    ConflictsByKey(List<Change> ledger, List<Lost> conflicts) {
        Map<Deletes, List<Change>> deletes = new HashMap<>();
        for (Change change : ledger) {
            changes.computeIfAbsent(change.key(), key -> new ArrayList<>()).add(change);
            if (change.isDelete()) {
                deletes.computeIfAbsent(new Deletes(change.key(), change.transaction()), key -> new ArrayList<>())
                        .add(change);
            } else {
                puts.computeIfAbsent(change.key(), key -> new HashMap<>()).put(change.value(), change);
            }
        }
        for (Lost conflict : conflicts) {
            Change change;
            if (conflict.value() == null) {
                List<Change> left =
                        deletes.getOrDefault(new Deletes(conflict.key(), conflict.transaction()), new ArrayList<>());
                change = left.isEmpty() ? null : left.remove(0);
            } else {
                change = put(conflict.key(), conflict.value());
            }
            if (change == null || !change.transaction().equals(conflict.transaction())) {
                failures.add("etcd_conflict has " + Values.shown(conflict.value()) + " of " + conflict.key()
                        + " (change " + conflict.change() + "), which nobody committed");
            } else if (lost.put(change.id(), conflict) != null) {
                failures.add("etcd_conflict has twice " + change);
            }
        }
    }

    /** Returns conflicts without a change, and conflicts of a change that has one already. */
    List<String> failures() {
        return failures;
    }

    Iterable<String> keys() {
        return changes.keySet();
    }

    /** Returns the committed changes of a key, in order. */
    List<Change> of(String key) {
        return changes.getOrDefault(key, List.of());
    }

    /** Returns the conflict of a change, or null. */
    Lost lost(Change change) {
        return lost.get(change.id());
    }

    /** Returns the change that put a value, or null. */
    private Change put(String key, String value) {
        return puts.getOrDefault(key, Map.of()).get(value);
    }

    boolean isCommitted(String key, String value) {
        return put(key, value) != null;
    }

    /** Whether a committed change is in etcd_conflict. */
    boolean isLost(String key, String value) {
        return put(key, value) != null && lost(put(key, value)) != null;
    }

    long confirmedDeletions(String key) {
        return of(key).stream()
                .filter(change -> change.isDelete() && lost(change) == null)
                .count();
    }

    long lostDeletions(String key) {
        return of(key).stream()
                .filter(change -> change.isDelete() && lost(change) != null)
                .count();
    }
}
