package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.testing.kit.TestEtcdClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.source.SourceRecord;

/** Applies records as the sink does. The event with the highest epoch and revision wins, and a manifest deletes the unlisted keys of its page. */
final class Follower {

    private final Map<String, Revision> high = new HashMap<>();
    private final TreeMap<String, String> live = new TreeMap<>();
    private final Map<String, Long> seen = new HashMap<>();

    void take(SourceRecord source) {
        EtcdRecord record = EtcdRecordCodec.decode(source.value());
        int partition = source.kafkaPartition();
        String chain = partition + " " + record.chain().range();
        assertThat(record.chain().previous()).isLessThanOrEqualTo(seen.getOrDefault(chain, 0L));
        seen.merge(chain, record.chain().number(), Math::max);
        if (record instanceof EtcdRecord.Event event) {
            Revision before = high.getOrDefault(event.key(), Revision.NONE);
            String now = event.after() == null
                    ? null
                    : event.after().value() + "@" + event.after().modRevision();
            if (event.isSnapshot()) {
                // if a snapshot contradicts an event, the sink concludes that etcd has another history
                Revision read = new Revision(event.at().epoch(), event.snapshotRevision());
                assertThat(before.isAfter(event.at()) && !before.isAfter(read))
                        .as("snapshot of %s at %s contradicts %s", event.key(), event.at(), before)
                        .isFalse();
            }
            if (event.at().isAfter(before)) {
                set(event.key(), now, event.at());
            } else if (event.at().equals(before)) {
                assertThat(live.get(event.key())).isEqualTo(now);
            }
        } else if (record instanceof EtcdRecord.Manifest manifest) {
            List<String> gone = live.keySet().stream()
                    .filter(manifest.page()::contains)
                    .filter(key -> manifest.isOfPartition(key, partition))
                    .filter(key -> !manifest.keys().contains(key))
                    .filter(key -> manifest.at().isAfter(high.get(key)))
                    .toList();
            gone.forEach(key -> set(key, null, manifest.at()));
        }
    }

    private void set(String key, String value, Revision at) {
        high.put(key, at);
        if (value == null) {
            live.remove(key);
        } else {
            live.put(key, value);
        }
    }

    TreeMap<String, String> live() {
        return live;
    }

    /** Asserts that the applied records give exactly the keys and values of etcd. */
    void holds(TestEtcdClient client, String prefix) {
        TreeMap<String, String> expected = new TreeMap<>();
        client.all(prefix)
                .forEach(
                        (key, kv) -> expected.put(key, TestEtcdClient.text(kv.getValue()) + "@" + kv.getModRevision()));
        assertThat(live).isEqualTo(expected);
    }

    /** Returns a follower that has applied the records of all tasks in the order of the list. */
    static Follower of(List<SourceRecord> records) {
        Follower follower = new Follower();
        records.stream()
                .filter(r -> r.kafkaPartition() != null && r.value() != null)
                .forEach(follower::take);
        return follower;
    }
}
