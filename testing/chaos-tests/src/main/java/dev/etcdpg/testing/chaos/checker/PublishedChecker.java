package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Lost;
import dev.etcdpg.testing.chaos.history.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks the conflicts topic: it has each row of etcd_conflict at least once, and nothing else. */
public final class PublishedChecker {
    private record Id(String key, long change) {}

    private PublishedChecker() {}

    /** @param published in the order of the topic; of several records of a conflict the last counts */
    static List<String> check(List<Lost> conflicts, List<Lost> published) {
        List<String> failures = new ArrayList<>();
        Map<Id, Lost> last = new HashMap<>();
        published.forEach(record -> last.put(new Id(record.key(), record.change()), record));
        for (Lost conflict : conflicts) {
            Lost record = last.remove(new Id(conflict.key(), conflict.change()));
            String what =
                    Values.shown(conflict.value()) + " of " + conflict.key() + " (change " + conflict.change() + ")";
            if (record == null) {
                failures.add("in etcd_conflict and not in the conflicts topic: " + what);
            } else if (!record.equals(published(conflict))) {
                failures.add("not the same in etcd_conflict and in the conflicts topic: " + what);
            }
        }
        last.values()
                .forEach(record -> failures.add("in the conflicts topic and not in etcd_conflict: "
                        + Values.shown(record.value()) + " of " + record.key() + " (change " + record.change() + ")"));
        return failures;
    }

    /** Returns the expected record: all fields except PostgreSQL's transaction. */
    private static Lost published(Lost conflict) {
        return new Lost(
                conflict.key(),
                conflict.change(),
                null,
                conflict.value(),
                conflict.baseRevision(),
                conflict.wonEpoch(),
                conflict.wonRevision(),
                conflict.reason(),
                conflict.late());
    }
}
