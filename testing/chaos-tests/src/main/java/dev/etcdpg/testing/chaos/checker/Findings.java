package dev.etcdpg.testing.chaos.checker;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The findings of a check.
 *
 * @param failures sentences with keys and revisions; empty if all checks pass
 * @param counts the number of checked things, by kind
 * @param healing the time from the last fault until all servers ran and the writers paused
 * @param settling the time from then until the system had settled
 */
public record Findings(List<String> failures, Map<String, Long> counts, Duration healing, Duration settling) {
    public Findings {
        failures = List.copyOf(failures);
    }

    public boolean holds() {
        return failures.isEmpty();
    }
}
