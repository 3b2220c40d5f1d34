package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.Segment;
import dev.etcdpg.pg.sink.resolve.Input;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds the keys of which a manifest says something: not listed and not gone yet, or in flight without an outcome. */
final class ManifestKeys {

    private record Mirrored(String key, boolean inflight) {}

    private ManifestKeys() {}

    /**
     * What the manifest says of each key; what concerns a key that is set aside is set aside behind it.
     *
     * @param segment one that ends with a manifest
     * @param lane where to set aside
     */
    static SortedMap<String, List<KeyInput>> work(SinkSession session, Segment segment, PartitionState lane)
            throws SQLException {
        EtcdRecord.Manifest manifest = (EtcdRecord.Manifest) segment.control();
        Set<String> listed = new HashSet<>(manifest.keys());
        SortedMap<String, List<KeyInput>> work = new TreeMap<>();
        for (String key : candidates(session, lane, manifest, listed)) {
            List<KeyInput> items = List.of(item(segment, manifest, key, listed.contains(key)));
            if (lane.isAside(key)) {
                lane.setAside(key, items);
            } else {
                work.put(key, items);
            }
        }
        return work;
    }

    private static Set<String> candidates(
            SinkSession session, PartitionState lane, EtcdRecord.Manifest manifest, Set<String> listed)
            throws SQLException {
        Set<String> keys = new TreeSet<>(lane.asideKeys(manifest.page()));
        String route = lane.route().name();
        range(session.sql("manifest_mirrored"), route, manifest)
                .add(manifest.at().epoch())
                .add(manifest.at().revision())
                .add(manifest.at().epoch())
                .list(row -> new Mirrored(row.getString(1), row.getBoolean(2)))
                .stream()
                .filter(m -> m.inflight() || !listed.contains(m.key()))
                .forEach(m -> keys.add(m.key()));
        range(session.sql("manifest_waiting"), route, manifest).texts().stream()
                .filter(key -> !listed.contains(key))
                .forEach(keys::add);
        int partition = lane.partition().partition();
        // also of what is set aside: that may be from before the number of partitions changed
        keys.removeIf(key -> !manifest.isOfPartition(key, partition));
        return keys;
    }

    private static Query range(Query query, String route, EtcdRecord.Manifest manifest) {
        return query.add(route)
                .add(manifest.page().after())
                .add(manifest.page().through())
                .add(route);
    }

    private static KeyInput item(Segment segment, EtcdRecord.Manifest manifest, String key, boolean listed) {
        return new KeyInput(key, new Input.Read(manifest.at(), listed), segment.controlRecord());
    }
}
