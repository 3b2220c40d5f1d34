package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.TaskFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects the findings of a check. */
public final class RoundVerdict {
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Long> counts = new TreeMap<>();

    /** Adds the parts that have not settled in time, in sentences. */
    void settled(Collection<String> open, Duration recovery, Duration patience, Duration atMost) {
        open.forEach(what -> failures.add("not settled, and no nearer to it for " + patience.toSeconds()
                + " s, or after " + atMost.toSeconds() + " s: " + what));
        if (recovery.compareTo(atMost) > 0) {
            failures.add("settled only " + recovery.toSeconds() + " s after the last fault");
        }
    }

    /** Adds the parts that were settled before and are not any more, in sentences. */
    void unsettled(Collection<String> open) {
        open.forEach(what -> failures.add("after it had settled: " + what));
    }

    /** Adds failed tasks. An operator restarts tasks that Kafka failed; any other failed task is a failure, even if it was restarted. */
    void tasks(Collection<TaskFailure> failed) {
        for (TaskFailure failure : failed) {
            if (failure.isByKafka()) {
                count("tasks failed by Kafka", 1);
            } else {
                failures.add(failure.toString());
            }
        }
    }

    void epoch(String before, String now) {
        if (!now.equals(before)) {
            failures.add("a new epoch began, for which no fault is a reason: " + now + " after " + before);
        }
    }

    /** Adds failures, in sentences. */
    void add(Collection<String> others) {
        failures.addAll(others);
    }

    void count(String what, long number) {
        counts.merge(what, number, Long::sum);
    }

    boolean holds() {
        return failures.isEmpty();
    }

    Findings report(Duration healing, Duration settling) {
        return new Findings(failures, counts, healing, settling);
    }
}
