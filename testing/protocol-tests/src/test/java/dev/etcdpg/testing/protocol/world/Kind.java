package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.testing.protocol.run.Flag;

/** The kind of an action, with its relative frequency and the flag that it needs. */
public enum Kind {
    APP(140),
    SQL(140),
    SOURCE(220),
    DISPATCH(40),
    PG_SOURCE(100),
    ETCD_SINK(120),
    PG_SINK(150),
    SOURCE_COMMIT(20),
    PG_SOURCE_COMMIT(10),
    ETCD_SINK_COMMIT(10),
    HEARTBEAT(20),
    SETTLE(15),
    SOURCE_CRASH(6),
    PG_SOURCE_CRASH(6),
    ETCD_SINK_CRASH(6),
    PG_SINK_CRASH(6),
    LOSE_CONNECTION(4),
    COMPACT(8),
    RESOLVE(5),
    LATE(20, Flag.LATE_TXN),
    PG_FAULT(12, Flag.LATE_TXN),
    EPOCH(5, Flag.EPOCH),
    RESYNC(8, Flag.RESYNC),
    OPEN(40, Flag.LOCKED),
    END(30, Flag.LOCKED),
    LOSE_ETCD_RECORDS(6, Flag.LOST_ETCD_RECORDS),
    LOSE_PG_RECORDS(6, Flag.LOST_PG_RECORDS),
    KAFKA_COMPACT(5, Flag.KAFKA_COMPACTION),
    ETCD_BACKUP(8, Flag.ETCD_RESTORE),
    ETCD_RESTORE(6, Flag.ETCD_RESTORE),
    PG_BACKUP(6, Flag.PG_RESTORE),
    PG_RESTORE(4, Flag.PG_RESTORE),
    ZOMBIE(10, Flag.ZOMBIES),
    PRUNE(20, Flag.RETENTION),
    FOREIGN_SOURCE(40, Flag.FOREIGN_SOURCE),
    SECOND_SOURCE(40, Flag.SECOND_SOURCE),
    COPY(20, Flag.COPIED_DATABASE),
    COPY_SQL(60, Flag.COPIED_DATABASE),
    COPY_SOURCE(60, Flag.COPIED_DATABASE);

    public final int weight;
    public final Flag needs;

    Kind(int weight) {
        this(weight, null);
    }

    Kind(int weight, Flag needs) {
        this.weight = weight;
        this.needs = needs;
    }
}
