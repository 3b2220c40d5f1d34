package dev.etcdpg.testing.chaos.checker;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What was found when everything had settled, or had not.
 *
 * @param failures sentences with keys and revisions; empty when all holds
 * @param counts what was judged, by kind
 * @param healing from the last fault until all servers were there again and the writers paused
 * @param settling from then on until both sides were equal, nothing was pending and all was RUNNING
 */
public record Findings(List<String> failures, Map<String, Long> counts, Duration healing, Duration settling) {
    public Findings {
        failures = List.copyOf(failures);
    }

    public boolean holds() {
        return failures.isEmpty();
    }
}
