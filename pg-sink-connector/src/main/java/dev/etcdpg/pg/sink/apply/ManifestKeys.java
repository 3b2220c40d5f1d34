package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.store.MirrorStore;
import dev.etcdpg.pg.sink.store.RouteStores;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Finds the keys that a manifest concerns: keys that the manifest does not list and that are not gone yet, and keys in flight without an
 * outcome.
 */
final class ManifestKeys {

    private ManifestKeys() {}

    /**
     * Returns the inputs of each key. Inputs of a deferred key are deferred behind the inputs that already wait.
     *
     * @param record the manifest as delivered
     * @param state receives the deferred inputs
     */
    static SortedMap<String, List<KeyInput>> work(
            RouteStores stores, EtcdRecord.Manifest manifest, SinkRecord record, PartitionState state)
            throws SQLException {
        Set<String> listed = new HashSet<>(manifest.keys());
        SortedMap<String, List<KeyInput>> work = new TreeMap<>();
        for (String key : candidates(stores, state, manifest, listed)) {
            Input input = new Input.Read(manifest.at(), listed.contains(key));
            List<KeyInput> inputs = List.of(new KeyInput(key, input, record));
            if (state.deferred().contains(key)) {
                state.deferred().add(key, inputs);
            } else {
                work.put(key, inputs);
            }
        }
        return work;
    }

    private static Set<String> candidates(
            RouteStores stores, PartitionState state, EtcdRecord.Manifest manifest, Set<String> listed)
            throws SQLException {
        Set<String> keys = new TreeSet<>(state.deferred().within(manifest.page()));
        for (MirrorStore.Candidate candidate : stores.mirror().manifestCandidates(manifest.page(), manifest.at())) {
            if (candidate.isInflight() || !listed.contains(candidate.key())) {
                keys.add(candidate.key());
            }
        }
        stores.wal().changedKeys(manifest.page()).stream()
                .filter(key -> !listed.contains(key))
                .forEach(keys::add);
        int partition = state.partition().partition();
        // deferred keys are checked too, because they may be from before the number of partitions changed
        keys.removeIf(key -> !manifest.isOfPartition(key, partition));
        return keys;
    }
}
