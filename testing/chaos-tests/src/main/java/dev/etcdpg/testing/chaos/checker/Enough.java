package dev.etcdpg.testing.chaos.checker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether so much happened in a round that its judgement says something: where nothing is written and nothing breaks, everything
 * holds. The bounds are far below what a slow machine does.
 *
 * @param length of the faults
 * @param drawn faults of the schedule
 * @param done those of them that were done
 * @param committed changes in PostgreSQL
 * @param confirmed those of them that did not lose
 * @param written events in etcd by writers
 * @param taken events in etcd by the sink
 */
public record Enough(Duration length, int drawn, int done, long committed, long confirmed, long written, long taken) {
    private static final int FAULTS_DONE_IN = 3;
    private static final int CHANGES_A_SECOND = 5;
    private static final int CONFIRMED_IN = 10;
    /** The deck of faults comes round twice or more. */
    private static final Duration LONG_RUN = Duration.ofMinutes(2);

    /** What there was too little of, in sentences. */
    public List<String> judge() {
        List<String> failures = new ArrayList<>();
        long changes = Math.max(1, CHANGES_A_SECOND * length.toSeconds());
        atLeast(failures, (drawn + FAULTS_DONE_IN - 1) / FAULTS_DONE_IN, done, "of " + drawn + " faults were done");
        atLeast(failures, changes, committed, "changes were committed in PostgreSQL");
        atLeast(failures, changes, written, "events in etcd came from writers");
        atLeast(failures, Math.max(1, committed / CONFIRMED_IN), confirmed, "changes of PostgreSQL did not lose");
        atLeast(failures, Math.max(1, length.toSeconds()), taken, "events in etcd came from PostgreSQL");
        return failures;
    }

    /**
     * The same of a whole run: one of several minutes says something about tasks that move, and not a shorter one, whose faults may be others.
     *
     * @param faults how long there were faults, in all rounds
     * @param moved tasks that began on another worker
     */
    public static List<String> ofRun(Duration faults, long moved) {
        List<String> failures = new ArrayList<>();
        if (faults.compareTo(LONG_RUN) >= 0) {
            atLeast(failures, 1, moved, "tasks moved from worker to worker");
        }
        return failures;
    }

    private static void atLeast(List<String> failures, long bound, long number, String what) {
        if (number < bound) {
            failures.add("too little happened to judge: only " + number + " " + what + ", not " + bound);
        }
    }
}
