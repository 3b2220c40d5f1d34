package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Author;
import dev.etcdpg.testing.chaos.history.EtcdEvent;
import dev.etcdpg.testing.chaos.history.EtcdHistory;
import dev.etcdpg.testing.chaos.history.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Checks that an event without an author can be the end of a lease, which deletes keys of the lease and does nothing else. Any other
 * event is a write of the sink without its progress key, which the sink could repeat.
 */
public final class AuthorChecker {
    private AuthorChecker() {}

    static List<String> check(EtcdHistory recorded) {
        List<String> failures = new ArrayList<>();
        for (String key : recorded.keys()) {
            for (EtcdEvent event :
                    recorded.of(key).tailMap(recorded.since(), false).values()) {
                if (event.author() == Author.LEASE && !isEndOfALease(recorded, event)) {
                    failures.add("etcd has " + Values.shown(event.value()) + " of " + key + " at " + event.revision()
                            + ", with neither a writer's note nor the sink's progress, and no lease did that");
                }
            }
        }
        return failures;
    }

    private static boolean isEndOfALease(EtcdHistory recorded, EtcdEvent event) {
        Map.Entry<Long, EtcdEvent> before = recorded.of(event.key()).lowerEntry(event.revision());
        return event.value() == null && before != null && before.getValue().lease() != 0;
    }
}
