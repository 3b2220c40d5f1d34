package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import java.util.List;

/** A record of the topic {@code etcd.<route>}. */
public sealed interface EtcdRecord {

    Chain chain();

    /**
     * What etcd holds of a key.
     *
     * @param createRevision etcd's create_revision
     * @param modRevision etcd's mod_revision
     * @param version etcd's version: puts since the key was created
     * @param lease lease id, 0 without
     */
    record Row(String key, String value, long createRevision, long modRevision, long version, long lease) {}

    /**
     * A key was put or deleted, or was found by a snapshot.
     *
     * @param key etcd key
     * @param after null if the key is absent
     * @param at when; for a snapshot record the key's own mod_revision
     * @param snapshotRevision revision at which the snapshot read the key, 0 for an event of the watch
     * @param source where it comes from
     */
    record Event(Chain chain, String key, Row after, Revision at, long snapshotRevision, Source source)
            implements EtcdRecord {
        public boolean isSnapshot() {
            return snapshotRevision != 0;
        }
    }

    /** Who read etcd: connector name and cluster id (unsigned, in hexadecimal). */
    record Source(String name, String clusterId) {}

    /**
     * A key lives at {@code at} with a value that PostgreSQL text cannot hold; the raw bytes are in the dead letter topic.
     *
     * @param snapshotRevision as in {@link Event}
     */
    record Unrepresentable(Chain chain, String key, Revision at, long snapshotRevision, long lease, String reason)
            implements EtcdRecord {}

    /**
     * Of the keys of {@code page} that belong to this topic partition, exactly {@code keys} live at {@code at}.
     *
     * @param partitions how many partitions the source divides keys into
     */
    record Manifest(Chain chain, KeyRange page, Revision at, List<String> keys, int partitions) implements EtcdRecord {

        /** Whether it lists the key if that lives and is in the page, when it was written to that topic partition. */
        public boolean isOfPartition(String key, int partition) {
            return KeyPartitioner.partition(key, partitions) == partition;
        }
    }

    /**
     * The snapshot of {@code range} is complete.
     *
     * @param at epoch, and the revision at which the snapshot was begun
     * @param request the highest request that it answers, 0 for none
     * @param partitions how many partitions the source divides keys into
     */
    record End(Chain chain, KeyRange range, Revision at, long request, int partitions) implements EtcdRecord {}

    /**
     * What the etcd sink said of change {@code of} of database {@code origin}.
     *
     * @param at revision of the answer
     * @param of send number of the change
     */
    record Answer(Chain chain, String key, Revision at, String origin, long of, Outcome outcome, String reason)
            implements EtcdRecord {}

    /** Nothing happened up to {@code at}; or a stale record emptied by the RevisionFilter. */
    record Heartbeat(Chain chain, Revision at) implements EtcdRecord {}
}
