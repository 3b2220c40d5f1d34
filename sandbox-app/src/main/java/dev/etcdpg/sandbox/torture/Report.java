package dev.etcdpg.sandbox.torture;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What was found when everything had settled, or had not.
 *
 * @param failures sentences with keys and revisions; empty when all holds
 * @param counts what was judged, by kind
 * @param recovery from the pause until both sides were equal, nothing was pending and all was RUNNING
 */
public record Report(List<String> failures, Map<String, Long> counts, Duration recovery) {
    public Report {
        failures = List.copyOf(failures);
    }

    public boolean holds() {
        return failures.isEmpty();
    }
}
