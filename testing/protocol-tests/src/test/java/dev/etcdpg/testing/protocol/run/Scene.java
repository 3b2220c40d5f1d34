package dev.etcdpg.testing.protocol.run;

import static dev.etcdpg.testing.protocol.run.Flag.*;

import java.util.Set;

/** The worlds in which histories are run: which hazards there are. */
public enum Scene {
    PLAIN(),
    TRANSACTIONS(TXN, FOUR_KEYS),
    ONE_BUSY_KEY(ONE_KEY, FEW_VALUES, TXN),
    NOBODY_ELSE(NO_APP, TXN),
    NOBODY_ELSE_AND_NEW_EPOCHS(NO_APP, EPOCH),
    NOBODY_ELSE_AND_LATE_TRANSACTIONS(NO_APP, LATE_TXN, ZOMBIES),
    ONLY_ETCD(NO_SQL, FOUR_KEYS),
    NOTHING_FAILS(NO_CRASH, NO_COMPACTION),
    CONFLATED(CONFLATE, TXN),
    LATE_TRANSACTIONS(LATE_TXN),
    ZOMBIE_TASKS(LATE_TXN, ZOMBIES, FEW_VALUES),
    LOCKED_ROWS(LOCKED),
    LOCKED_ROWS_AND_LOSSES(LOCKED, A_LOST, RESYNC),
    SNAPSHOTS_ASKED_FOR(RESYNC, FOUR_KEYS),
    TWO_SOURCE_TASKS(TWO_RANGES, FOUR_KEYS, RESYNC),
    TWO_SOURCE_TASKS_AND_LOSSES(TWO_RANGES, FOUR_KEYS, A_LOST, EPOCH),
    VALUES_THAT_FAIL(FAIL),
    UNREPRESENTABLE_VALUES(UNREPRESENTABLE, TXN),
    NEW_EPOCHS(EPOCH),
    ETCD_TOPIC_LOST(A_LOST),
    PG_TOPIC_LOST(B_LOST),
    BOTH_TOPICS_LOST(A_LOST, B_LOST, EPOCH),
    COMPACTED_TOPIC(KAFKA_COMPACTION),
    RESTORED_ETCD(ETCD_RESTORE),
    RESTORED_ETCD_AND_LATE_TRANSACTIONS(ETCD_RESTORE, LATE_TXN, EPOCH),
    RESTORED_POSTGRESQL(PG_RESTORE),
    POSTGRESQL_WINS(POSTGRES_WINS),
    POSTGRESQL_WINS_AND_LOSSES(POSTGRES_WINS, EPOCH, A_LOST, LOCKED),
    MANUAL_POLICY(MANUAL, TXN),
    EVERYTHING_BUT_PG_RESTORE(
            TXN,
            FOUR_KEYS,
            RESYNC,
            LATE_TXN,
            LOCKED,
            EPOCH,
            A_LOST,
            B_LOST,
            FAIL,
            UNREPRESENTABLE,
            TWO_RANGES,
            ZOMBIES,
            ETCD_RESTORE),
    EVERYTHING(EVERYTHING_BUT_PG_RESTORE, PG_RESTORE);

    private final Set<Flag> flags;

    Scene(Flag... flags) {
        this.flags = Flag.of(flags);
    }

    Scene(Scene other, Flag more) {
        this(other.flags.toArray(Flag[]::new));
        flags.add(more);
    }

    public Set<Flag> flags() {
        return flags;
    }
}
