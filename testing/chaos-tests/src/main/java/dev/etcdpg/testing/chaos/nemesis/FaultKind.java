package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.stack.Examples;
import java.util.List;

/** The kinds of faults, with their targets, durations and weights. */
public enum FaultKind {
    KILL(2, 0, 6_000, List.of("connect-1", "connect-2", "kafka", "postgres", "etcd")),
    /** Long enough for the tasks to move to the other worker. Then the old tasks wake up. */
    FREEZE_WORKER(1, 11_000, 16_000, List.of("connect-1", "connect-2")),
    FREEZE_SERVER(1, 300, 6_000, List.of("kafka", "postgres", "etcd")),
    CUT(2, 0, 0, Links.NAMES),
    CUT_AFTER_BYTES(2, 1_000, 4_000, Links.NAMES),
    SWALLOW(2, 500, 9_000, Links.NAMES),
    SWALLOW_AND_CUT(1, 500, 9_000, Links.NAMES),
    REFUSE(1, 500, 6_000, Links.NAMES),
    COMPACT(1, 0, 0, List.of("etcd")),
    COMPACT_UNSEEN(1, 500, 3_000, List.of("etcd-source")),
    PAUSE(1, 500, 5_000, Examples.NAMES),
    STOP(1, 500, 5_000, Examples.NAMES),
    RESTART_CONNECTOR(1, 0, 0, Examples.NAMES),
    RESTART_TASK(1, 0, 0, Examples.NAMES),
    RECONFIGURE(1, 0, 0, Examples.NAMES),
    TERMINATE_BACKENDS(
            1,
            0,
            0,
            List.of(
                    "etcd-pg-connect listener",
                    "etcd-pg-connect notify source",
                    "etcd-pg-connect pg-sink",
                    "etcd-pg-connect")),
    LOCK_ROWS(1, 500, 8_000, List.of("rows")),
    FILL_NOTIFY_QUEUE(1, 500, 8_000, List.of("notification queue")),
    /** Longer than the pauses between attempts and than the timeouts of transactions. */
    LONG_OUTAGE(1, 75_000, 100_000, List.of("kafka", "postgres", "etcd")),
    /** Longer than PostgreSQL lets a session be idle in a transaction. */
    LONG_FREEZE(1, 65_000, 90_000, List.of("connect-1", "connect-2"));

    private static final int LONG_MILLIS = 60_000;

    private final int weight;
    private final int shortestMillis;
    private final int longestMillis;
    private final List<String> targets;

    FaultKind(int weight, int shortestMillis, int longestMillis, List<String> targets) {
        this.weight = weight;
        this.shortestMillis = shortestMillis;
        this.longestMillis = longestMillis;
        this.targets = targets;
    }

    /** The number of its cards in the deck. */
    int weight() {
        return weight;
    }

    int shortestMillis() {
        return shortestMillis;
    }

    int longestMillis() {
        return longestMillis;
    }

    /** Whether the fault lasts longer than a round. Only some rounds have such a fault. */
    public boolean isLong() {
        return shortestMillis >= LONG_MILLIS;
    }

    public List<String> targets() {
        return targets;
    }
}
