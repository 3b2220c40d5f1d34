package dev.etcdpg.testing.chaos.checker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks that a round had enough writes and faults to be meaningful: without writes and faults every check passes. The bounds are far
 * below the numbers of a slow machine.
 *
 * @param length how long faults could begin
 * @param drawn faults in the schedule
 * @param done faults that no other fault prevented
 * @param committed changes committed in PostgreSQL
 * @param confirmed committed changes that did not lose
 * @param written events of writers in etcd
 * @param taken events of the sink in etcd
 */
public record Enough(Duration length, int drawn, int done, long committed, long confirmed, long written, long taken) {
    private static final int FAULTS_DONE_IN = 3;
    private static final int CHANGES_A_SECOND = 5;
    private static final int CONFIRMED_IN = 10;
    /** In this time the deck of faults is drawn at least twice. */
    private static final Duration LONG_RUN = Duration.ofMinutes(2);

    /** Returns the numbers that are too small, in sentences. */
    public List<String> check() {
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
     * Checks a whole run. Only a run of several minutes must have moved tasks, because a shorter run can draw other faults.
     *
     * @param faults how long faults could begin, in all rounds
     * @param moved tasks that moved to another worker
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
