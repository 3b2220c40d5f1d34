package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcd;
import dev.etcdpg.testing.protocol.run.Flag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Changes records on their way into a topic, if the world lacks a rule about records. */
public final class AblatedRecords {

    private final Set<Flag> flags;
    private final InMemoryEtcd etcd;
    private final Map<String, Long> before = new HashMap<>();
    private final Set<Long> sent = new HashSet<>();

    AblatedRecords(Set<Flag> flags, InMemoryEtcd etcd) {
        this.flags = flags;
        this.etcd = etcd;
    }

    List<SourceRecord> fromEtcd(List<SourceRecord> records) {
        List<SourceRecord> changed = records;
        if (flags.contains(Flag.NO_MANIFEST)) {
            changed = changed.stream().map(AblatedRecords::withoutManifest).toList();
        }
        if (flags.contains(Flag.NO_ONE_PARTITION)) {
            changed = inAnotherPartition(changed);
        }
        if (flags.contains(Flag.NO_ANSWER_ORDER)) {
            changed = answersFirst(changed);
        }
        if (flags.contains(Flag.NO_PAGE_REVISION)) {
            changed = changed.stream().map(this::ofNow).toList();
        }
        if (flags.contains(Flag.NO_HEARTBEAT)) {
            changed = changed.stream().map(this::withoutHeartbeat).toList();
        }
        if (flags.contains(Flag.NO_SOURCE_NAME)) {
            changed.forEach(AblatedRecords::withoutSource);
        }
        changed.forEach(this::unchain);
        return changed;
    }

    /** Names the route's own source, as if records did not name their source. */
    private static void withoutSource(SourceRecord record) {
        if (record.topic().startsWith("etcd.etcd")) {
            Struct value = (Struct) record.value();
            Struct holder = value.schema().field("source") == null ? value : value.getStruct("source");
            holder.put("prefix", ModelledEtcdSource.Identity.OWN.prefix());
            holder.put("name", ModelledEtcdSource.Identity.OWN.name());
        }
    }

    /** Whether the topic does not get the record. */
    boolean drops(EtcdRecord read) {
        return flags.contains(Flag.NO_HEARTBEAT) && read instanceof EtcdRecord.Heartbeat;
    }

    /** Leaves out heartbeats. The next record names the predecessor of the heartbeat. */
    private SourceRecord withoutHeartbeat(SourceRecord record) {
        if (!record.topic().startsWith("etcd.etcd")) {
            return record;
        }
        Chain chain = read(record).chain();
        String predecessor = record.kafkaPartition() + " " + chain.range();
        long last = before.getOrDefault(predecessor + " " + chain.previous(), chain.previous());
        if (read(record) instanceof EtcdRecord.Heartbeat) {
            before.put(predecessor + " " + chain.number(), last);
        } else if (last != chain.previous()) {
            Struct value = (Struct) record.value();
            Struct holder = value.schema().field("source") == null ? value : value.getStruct("source");
            holder.put("previous", last);
        }
        return record;
    }

    /** Gives a manifest the current revision instead of the revision of its page. */
    private SourceRecord ofNow(SourceRecord record) {
        return record.topic().startsWith("etcd.etcd") && read(record) instanceof EtcdRecord.Manifest m
                ? with(
                        record,
                        new EtcdRecord.Manifest(
                                m.chain(),
                                m.page(),
                                new Revision(m.at().epoch(), etcd.revision()),
                                m.keys(),
                                m.partitions()))
                : record;
    }

    SourceRecord fromPostgres(SourceRecord record) {
        Struct value = (Struct) record.value();
        if (flags.contains(Flag.NO_DATABASE)) {
            value.put("database", null);
        }
        boolean repeated = value.getString("kind").equals("change") && !sent.add(value.getInt64("number"));
        if (flags.contains(Flag.NO_DROPPED_REPEATS) && repeated) {
            // a sink that does not recognize the change takes it for the first change of another database
            value.put("origin", value.getString("origin") + "-again");
            value.put("previous", 0L);
        }
        unchain(record);
        return record;
    }

    private void unchain(SourceRecord record) {
        if (flags.contains(Flag.NO_CHAIN)) {
            Struct value = (Struct) record.value();
            Struct holder = value.schema().field("source") == null ? value : value.getStruct("source");
            holder.put("previous", 0L);
        }
    }

    private static EtcdRecord read(SourceRecord record) {
        return EtcdRecordCodec.decode(record.value());
    }

    private static SourceRecord withoutManifest(SourceRecord record) {
        return read(record) instanceof EtcdRecord.Manifest manifest
                ? with(record, new EtcdRecord.Heartbeat(manifest.chain(), manifest.at()))
                : record;
    }

    /** Exchanges the keys of the manifests of a page. */
    private static List<SourceRecord> inAnotherPartition(List<SourceRecord> records) {
        List<SourceRecord> changed = new ArrayList<>(records);
        for (int i = 0; i + 1 < changed.size(); i++) {
            if (read(changed.get(i)) instanceof EtcdRecord.Manifest one
                    && read(changed.get(i + 1)) instanceof EtcdRecord.Manifest other) {
                changed.set(i, with(changed.get(i), listing(one, other.keys())));
                changed.set(i + 1, with(changed.get(i + 1), listing(other, one.keys())));
                i++;
            }
        }
        return changed;
    }

    private static EtcdRecord listing(EtcdRecord.Manifest of, List<String> keys) {
        return new EtcdRecord.Manifest(of.chain(), of.page(), of.at(), keys, of.partitions());
    }

    /** Lets an answer overtake the event before it, as if the source did not merge the watches. */
    private static List<SourceRecord> answersFirst(List<SourceRecord> records) {
        List<SourceRecord> changed = new ArrayList<>(records);
        for (int i = 1; i < changed.size(); i++) {
            for (int j = i - 1; j >= 0; j--) {
                if (read(changed.get(i)) instanceof EtcdRecord.Answer answer
                        && read(changed.get(j)) instanceof EtcdRecord.Event event
                        && answer.key().equals(event.key())) {
                    SourceRecord first = with(changed.get(j), chained(answer, event.chain()));
                    changed.set(i, with(changed.get(i), chained(event, answer.chain())));
                    changed.set(j, first);
                    break;
                }
            }
        }
        return changed;
    }

    private static EtcdRecord chained(EtcdRecord record, Chain chain) {
        if (record instanceof EtcdRecord.Answer a) {
            return new EtcdRecord.Answer(chain, a.key(), a.at(), a.origin(), a.of(), a.outcome(), a.reason());
        }
        EtcdRecord.Event e = (EtcdRecord.Event) record;
        return new EtcdRecord.Event(chain, e.key(), e.after(), e.at(), e.snapshotRevision());
    }

    private static SourceRecord with(SourceRecord record, EtcdRecord other) {
        SchemaAndValue value = EtcdRecordCodec.encode(other, null, 0);
        return new SourceRecord(
                record.sourcePartition(),
                record.sourceOffset(),
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                value.schema(),
                value.value(),
                null,
                record.headers());
    }
}
