package dev.etcdpg.testing.protocol.run;

import java.util.EnumSet;
import java.util.Set;

/** A condition of a world: a hazard that it lacks or has, a policy, or a rule of the protocol that it lacks. */
public enum Flag {
    // ---- fewer hazards

    /** No client but the etcd sink writes to etcd. */
    NO_APP,
    /** No application writes to PostgreSQL. */
    NO_SQL,
    /** Writers use two values. */
    FEW_VALUES,
    /** The world has one key. */
    ONE_KEY,
    /** No task crashes, and no connection is lost. */
    NO_CRASH,
    /** etcd is not compacted. */
    NO_COMPACTION,

    // ---- more hazards

    /** Transactions write several keys, or a key several times. */
    TXN,
    /** The world has four keys. */
    FOUR_KEYS,
    /** etcd is killed in the middle of compactions, and loses the deletions at the compacted revision. */
    KILLED_COMPACTION,
    /** Operators request snapshots. */
    RESYNC,
    /** Transactions of the etcd sink are lost, late or repeated. Transactions of the PostgreSQL sink fail. */
    LATE_TXN,
    /** Applications leave transactions open. */
    LOCKED,
    /** Operators begin new epochs. */
    EPOCH,
    /** Records of the topic from etcd are lost. */
    LOST_ETCD_RECORDS,
    /** Records of the topic from PostgreSQL are lost. */
    LOST_PG_RECORDS,
    /** etcd refuses some values. */
    FAIL,
    /** Kafka compacts the topic from etcd. */
    KAFKA_COMPACTION,
    /** etcd is restored from a backup. */
    ETCD_RESTORE,
    /** Nobody begins a new epoch when a restored etcd looks like one that was not restored. */
    NO_OPERATOR,
    /** PostgreSQL is restored from a backup. */
    PG_RESTORE,
    /** Clients write values to etcd that PostgreSQL cannot hold. */
    UNREPRESENTABLE,
    /** Two tasks of the etcd source share the prefix. */
    TWO_RANGES,
    /** A source of another prefix writes the topic. */
    FOREIGN_SOURCE,
    /** Two sources of the prefix write the topic, until the PostgreSQL sink notices. */
    SECOND_SOURCE,
    /** A copy of the database sends changes under the origin of its original. */
    COPIED_DATABASE,
    /** Old entries of the history are removed. */
    RETENTION,
    /** Tasks of the etcd sink continue after their successors have begun. */
    ZOMBIES,

    // ---- policies

    POSTGRES_WINS,
    MANUAL,
    /** Dispatch sends only the last of two waiting changes. */
    CONFLATE,

    // ---- rules that the world lacks; AblationTest says what each rule is

    NO_ONE_IN_FLIGHT,
    NO_CONFIRMATION,
    NO_ROW_WAIT,
    NO_LOSS,
    NO_PAGE_REVISION,
    NO_HEARTBEAT,
    NO_NEW_BASE,
    NO_SEEK,
    NO_COMPARE_AND_SWAP,
    NO_EPOCH_COMPARE,
    NO_LAST_APPLIED,
    NO_PROBE,
    NO_SAME_VALUE,
    NO_DROPPED_REPEATS,
    NO_PROGRESS,
    NO_MANIFEST,
    NO_ONE_PARTITION,
    NO_WAITING_ANSWERS,
    NO_FENCE,
    NO_EPOCH_BASE,
    NO_EPOCH_OF_REVISION,
    NO_SEND_IN_NEW_EPOCH,
    NO_DEFERRED_QUEUE,
    NO_DISTRUST,
    NO_CLOCK,
    NO_RAISED_COUNTER,
    NO_SNAPSHOT_PROOF,
    NO_REFUSAL_PROOF,
    NO_CHAIN,
    NO_HISTORY_CHECK,
    NO_ANSWER_ORDER,
    NO_FIRST_SNAPSHOT,
    NO_DISTRUST_OF_COMPACTED,
    NO_SOURCE_NAME,
    NO_DATABASE,
    NO_CONTRADICTION,
    NO_ONE_TRANSACTION,
    NO_KEPT_REVISION;

    public static Set<Flag> of(Flag... flags) {
        Set<Flag> set = EnumSet.noneOf(Flag.class);
        set.addAll(Set.of(flags));
        return set;
    }
}
