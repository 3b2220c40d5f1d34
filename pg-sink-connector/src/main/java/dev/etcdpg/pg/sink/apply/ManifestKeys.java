package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Utf8;
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
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Finds the keys that a manifest concerns: keys that the manifest does not list and that are not gone yet, and keys in flight without an
 * outcome.
 */
final class ManifestKeys {

    /** Largest number of keys that one transaction applies. A manifest can concern millions of keys. */
    private static final int MAX_KEYS = 1_000;

    /** Largest number of keys that are read and then found to be none of the manifest's concern. */
    private static final int MAX_READ = 10_000;

    /**
     * The first keys that a manifest concerns.
     *
     * @param work the inputs of each key
     * @param through the last key that was looked at; null if the manifest concerns no later key
     */
    record Part(SortedMap<String, List<KeyInput>> work, @Nullable String through) {}

    private ManifestKeys() {}

    /**
     * Returns as many keys as one transaction can apply. Inputs of a deferred key are deferred behind the inputs that already wait.
     *
     * @param record the manifest as delivered
     * @param state receives the deferred inputs
     */
    static Part first(
            SinkSession session,
            RouteStores stores,
            EtcdRecord.Manifest manifest,
            SinkRecord record,
            PartitionState state)
            throws SQLException {
        Set<String> listed = new HashSet<>(manifest.keys());
        SortedMap<String, List<KeyInput>> work = new TreeMap<>();
        Candidates candidates = candidates(session, stores, state, manifest, listed);
        int taken = 0;
        for (String key : candidates.keys()) {
            if (taken++ == MAX_KEYS) {
                return new Part(work, candidates.keys().lower(key));
            }
            Input input = new Input.Read(manifest.at(), listed.contains(key));
            List<KeyInput> inputs = List.of(new KeyInput(key, input, manifest.chain(), record));
            if (state.deferred().contains(key)) {
                state.deferred().add(key, inputs);
            } else {
                work.put(key, inputs);
            }
        }
        return new Part(work, candidates.through());
    }

    /**
     * Keys in byte order.
     *
     * @param through the last key that was read; null if no key follows
     */
    private record Candidates(NavigableSet<String> keys, @Nullable String through) {}

    private static Candidates candidates(
            SinkSession session,
            RouteStores stores,
            PartitionState state,
            EtcdRecord.Manifest manifest,
            Set<String> listed)
            throws SQLException {
        int partition = state.partition().partition();
        Pipeline pipeline = session.pipeline();
        Pipeline.Result<List<MirrorStore.Candidate>> mirrored =
                stores.mirror().manifestCandidates(pipeline, manifest, partition, MAX_READ);
        Pipeline.Result<List<String>> changed = stores.wal().changedKeys(pipeline, manifest, partition, MAX_READ);
        pipeline.run();
        NavigableSet<String> keys = new TreeSet<>(Utf8::compare);
        // deferred keys are checked too, because they may be from before the number of partitions changed
        state.deferred().within(manifest.page()).stream()
                .filter(key -> manifest.isOfPartition(key, partition))
                .forEach(keys::add);
        for (MirrorStore.Candidate candidate : mirrored.get()) {
            if (candidate.isInflight() || !listed.contains(candidate.key())) {
                keys.add(candidate.key());
            }
        }
        changed.get().stream().filter(key -> !listed.contains(key)).forEach(keys::add);
        String through = Stream.of(
                        last(mirrored.get().stream()
                                .map(MirrorStore.Candidate::key)
                                .toList()),
                        last(changed.get()))
                .flatMap(Optional::stream)
                .min(Utf8::compare)
                .orElse(null);
        return new Candidates(through == null ? keys : keys.headSet(through, true), through);
    }

    /** Returns the last key if more keys may follow. */
    private static Optional<String> last(List<String> read) {
        return read.size() < MAX_READ ? Optional.empty() : Optional.of(read.get(read.size() - 1));
    }
}
