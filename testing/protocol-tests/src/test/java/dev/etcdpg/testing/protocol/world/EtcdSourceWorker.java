package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcdClient;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;

/** The Connect worker with the etcd source's tasks, one for each key range, and the offsets that Connect stores for them. */
public final class EtcdSourceWorker {

    private final World world;
    private final ModelledEtcdSource.Identity identity;
    private final List<KeyRange> ranges;
    private final List<ModelledEtcdSource> readers = new ArrayList<>();
    private final Map<KeyRange, Map<String, ?>> produced = new HashMap<>();
    private final Map<KeyRange, Map<String, ?>> stored = new HashMap<>();
    private final long[] restoredTo;
    private long ended;

    EtcdSourceWorker(World world, ModelledEtcdSource.Identity identity) {
        this.world = world;
        this.identity = identity;
        this.ranges = WorldLayout.ranges(world.has(Flag.TWO_RANGES));
        this.restoredTo = new long[ranges.size()];
        Arrays.fill(restoredTo, Long.MAX_VALUE);
        for (int i = 0; i < ranges.size(); i++) {
            readers.add(open(i));
        }
    }

    private ModelledEtcdSource open(int i) {
        InMemoryEtcdClient client = new InMemoryEtcdClient(world.etcd, world.etcd::txn);
        return new ModelledEtcdSource(
                client,
                world.run.clock,
                identity,
                ranges.get(i),
                ranges,
                stored.get(ranges.get(i)),
                ModelledEtcdSource.rules(world.run.flags, (seen, same) -> checked(i, seen, same)));
    }

    /** Must be called after etcd was restored to a revision. */
    void restored(long revision) {
        Arrays.setAll(restoredTo, i -> Math.min(restoredTo[i], revision));
        loseConnection();
    }

    /**
     * Plays the operator. README.md states a limit: the source cannot notice a restore if etcd has grown past the revision that the source
     * has seen and still has the last event that the source remembers, or if the source remembers none. (The model of the protocol remembers
     * an entry of etcd's log; an offset cannot.) The operator knows of the restore and begins a new epoch.
     */
    private void checked(int reader, long seen, boolean same) {
        if (same && seen > restoredTo[reader] && !world.has(Flag.NO_OPERATOR)) {
            world.say(identity.name() + ": etcd looks as if it was not restored");
            world.raiseEpoch();
        }
        restoredTo[reader] = Long.MAX_VALUE;
    }

    /** With exactly-once delivery, Connect stores an offset together with its records. The source needs this to notice a restored etcd. */
    private boolean isExactlyOnce() {
        return world.has(Flag.ETCD_RESTORE);
    }

    long snapshots() {
        return ended
                + readers.stream().mapToLong(ModelledEtcdSource::snapshotsBegun).sum();
    }

    /** Delivers a few revisions of the watches, then polls the task. */
    void run(int a, int b) {
        int i = a % readers.size();
        readers.get(i).watch(0, b % 4);
        readers.get(i).watch(1, b / 4 % 4);
        work(i, a % 3 == 0 ? 100 : 1);
    }

    /** Runs all tasks until none has work. */
    public void runAll() {
        for (int i = 0; i < readers.size(); i++) {
            for (int round = 0; round < 50; round++) {
                boolean delivered =
                        readers.get(i).watch(0, 1_000) | readers.get(i).watch(1, 1_000);
                if (!work(i, 100) && !delivered && round > 1) {
                    break;
                }
                world.run.clock.advance(Duration.ofMillis(30));
            }
        }
    }

    private boolean work(int i, int size) {
        List<SourceRecord> records = world.wire.fromEtcd(readers.get(i).work(size));
        for (SourceRecord record : records) {
            if (!record.topic().equals(world.fromEtcd.name())) {
                continue; // a dead letter
            }
            EtcdRecord read = EtcdRecordCodec.decode(record.value());
            if (world.wire.drops(read)) {
                continue;
            }
            long offset = world.fromEtcd.append(record).kafkaOffset();
            if (!(read instanceof EtcdRecord.Heartbeat)) {
                world.records++;
                world.run.story.tell(
                        () -> identity.name() + ": " + tell(read) + " -> " + record.kafkaPartition() + ":" + offset);
            }
        }
        if (!records.isEmpty()) {
            produced.put(ranges.get(i), records.get(records.size() - 1).sourceOffset());
            if (isExactlyOnce()) {
                commit();
            }
        }
        return !records.isEmpty();
    }

    private static String tell(EtcdRecord record) {
        if (record instanceof EtcdRecord.Event e) {
            return (e.isSnapshot() ? "snapshot@" + e.snapshotRevision() + " " : "event ") + e.key() + " = "
                    + (e.after() == null ? null : e.after().value()) + " @" + e.at();
        } else if (record instanceof EtcdRecord.Manifest m) {
            return "manifest " + m.keys() + " (" + m.page().after() + ".."
                    + m.page().through() + "] @" + m.at();
        } else if (record instanceof EtcdRecord.End e) {
            return "end @" + e.at() + " request " + e.request();
        } else if (record instanceof EtcdRecord.Answer a) {
            return "answer " + a.key() + " " + a.of() + " " + a.outcome() + " @" + a.at();
        } else if (record instanceof EtcdRecord.Unrepresentable u) {
            return "unrepresentable " + u.key() + " @" + u.at();
        }
        return "heartbeat";
    }

    /** Stores the offsets of the produced records. */
    void commit() {
        stored.putAll(produced);
        for (int i = 0; i < readers.size(); i++) {
            readers.get(i).stored(stored.get(ranges.get(i)));
        }
    }

    public void crash() {
        world.gap();
        world.say("etcd source crashes");
        ended = snapshots();
        produced.clear();
        for (int i = 0; i < readers.size(); i++) {
            readers.get(i).close();
            readers.set(i, open(i));
        }
    }

    void loseConnection() {
        world.say("etcd source: the watches are cut off");
        readers.forEach(ModelledEtcdSource::loseConnection);
    }
}
