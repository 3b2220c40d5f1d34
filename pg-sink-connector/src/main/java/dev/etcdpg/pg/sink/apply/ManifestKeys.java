package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.store.MirrorStore;
import dev.etcdpg.pg.sink.store.RouteStores;
import dev.etcdpg.pg.sink.store.SinkSession;
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
            SinkSession session,
            RouteStores stores,
            EtcdRecord.Manifest manifest,
            SinkRecord record,
            PartitionState state)
            throws SQLException {
        Set<String> listed = new HashSet<>(manifest.keys());
        SortedMap<String, List<KeyInput>> work = new TreeMap<>();
        for (String key : candidates(session, stores, state, manifest, listed)) {
            Input input = new Input.Read(manifest.at(), listed.contains(key));
            List<KeyInput> inputs = List.of(new KeyInput(key, input, manifest.chain(), record));
            if (state.deferred().contains(key)) {
                state.deferred().add(key, inputs);
            } else {
                work.put(key, inputs);
            }
        }
        return work;
    }

    private static Set<String> candidates(
            SinkSession session,
            RouteStores stores,
            PartitionState state,
            EtcdRecord.Manifest manifest,
            Set<String> listed)
            throws SQLException {
        Set<String> keys = new TreeSet<>(state.deferred().within(manifest.page()));
        Pipeline pipeline = session.pipeline();
        Pipeline.Result<List<MirrorStore.Candidate>> mirrored =
                stores.mirror().manifestCandidates(pipeline, manifest.page(), manifest.at());
        Pipeline.Result<List<String>> changed = stores.wal().changedKeys(pipeline, manifest.page());
        pipeline.run();
        for (MirrorStore.Candidate candidate : mirrored.get()) {
            if (candidate.isInflight() || !listed.contains(candidate.key())) {
                keys.add(candidate.key());
            }
        }
        changed.get().stream().filter(key -> !listed.contains(key)).forEach(keys::add);
        int partition = state.partition().partition();
        // deferred keys are checked too, because they may be from before the number of partitions changed
        keys.removeIf(key -> !manifest.isOfPartition(key, partition));
        return keys;
    }
}
