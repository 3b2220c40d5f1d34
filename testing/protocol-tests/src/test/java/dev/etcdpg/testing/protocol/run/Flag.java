package dev.etcdpg.testing.protocol.run;

import java.util.EnumSet;
import java.util.Set;

/** What makes a world harder, easier or, by taking a rule away, wrong. */
public enum Flag {
    // fewer hazards
    NO_APP,
    NO_SQL,
    FEW_VALUES,
    ONE_KEY,
    NO_CRASH,
    NO_COMPACTION,
    // more hazards
    TXN,
    FOUR_KEYS,
    RESYNC,
    LATE_TXN,
    LOCKED,
    EPOCH,
    A_LOST,
    B_LOST,
    FAIL,
    KAFKA_COMPACTION,
    ETCD_RESTORE,
    /** Nobody tells of a restored etcd that looks as if it were not. */
    NO_OPERATOR,
    PG_RESTORE,
    UNREPRESENTABLE,
    TWO_RANGES,
    ZOMBIES,
    // policies
    POSTGRES_WINS,
    MANUAL,
    CONFLATE,
    // ablations: a rule is taken away
    NO_HOLD,
    NO_CONFIRM,
    NO_ROW_WAIT,
    NO_LOSS,
    NO_PAGE_REVISION,
    NO_HEARTBEAT,
    NO_REBASE,
    NO_SEEK,
    NO_CAS,
    NO_EPOCH_CAS,
    NO_HIGHWATER,
    NO_PROBE,
    NO_SAME,
    NO_DEDUP,
    NO_PROGRESS,
    NO_MANIFEST,
    NO_LANE,
    NO_ANSWER_HOLD,
    NO_FENCE,
    NO_EPOCH_BASE,
    NO_EPOCH_OF_REVISION,
    NO_EPOCH_SEND,
    NO_QUEUE,
    NO_BLIND,
    NO_CLOCK,
    NO_RAISE,
    NO_SNAPSHOT_PROOF,
    NO_REFUSAL_PROOF,
    NO_CHAIN,
    NO_HISTORY_CHECK,
    NO_ORDER,
    NO_FLOOR;

    public static Set<Flag> of(Flag... flags) {
        Set<Flag> set = EnumSet.noneOf(Flag.class);
        set.addAll(Set.of(flags));
        return set;
    }
}
