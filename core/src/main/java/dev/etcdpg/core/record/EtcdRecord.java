package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record of the topic {@code etcd.<route>}. */
public sealed interface EtcdRecord {

    /** The kinds of records. */
    enum Kind {
        EVENT,
        UNREPRESENTABLE,
        MANIFEST,
        END,
        ANSWER,
        HEARTBEAT
    }

    Kind kind();

    Chain chain();

    /** Returns the epoch and the revision that the record describes. */
    Revision at();

    /** Returns the connector that read etcd. */
    default Source source() {
        return chain().source();
    }

    /** Returns the etcd key, which is also the key of the Kafka record; null if the record is not about a single key. */
    default @Nullable String key() {
        return null;
    }

    /**
     * The connector that reads etcd. Every record names its source, so that a sink can refuse records of another prefix.
     *
     * @param prefix the prefix in etcd of the route whose keys it reads
     * @param name the connector's name
     * @param clusterId etcd's cluster id, unsigned and in hexadecimal
     */
    record Source(String prefix, String name, String clusterId) {

        public static final Source NONE = new Source("", "", "");
    }

    /**
     * The state of a key in etcd.
     *
     * @param createRevision etcd's create_revision
     * @param modRevision etcd's mod_revision
     * @param version etcd's version: number of puts since the key was created
     * @param lease lease id; 0 without a lease
     */
    record Row(String key, String value, long createRevision, long modRevision, long version, long lease) {}

    /**
     * A key was put or deleted, or a snapshot has read it.
     *
     * @param key etcd key
     * @param after null if the key is absent
     * @param at revision of the change; for a snapshot record the key's own mod_revision
     * @param snapshotRevision revision at which the snapshot read the key; 0 for an event of the watch
     */
    record Event(Chain chain, String key, @Nullable Row after, Revision at, long snapshotRevision)
            implements EtcdRecord {

        @Override
        public Kind kind() {
            return Kind.EVENT;
        }

        public boolean isSnapshot() {
            return snapshotRevision != 0;
        }
    }

    /**
     * A key exists at {@code at} with a value that PostgreSQL's type text cannot store. The raw bytes are in the dead letter topic.
     *
     * @param snapshotRevision as in {@link Event}
     * @param lease lease id; 0 without a lease
     */
    record Unrepresentable(Chain chain, String key, Revision at, long snapshotRevision, long lease, String reason)
            implements EtcdRecord {

        @Override
        public Kind kind() {
            return Kind.UNREPRESENTABLE;
        }
    }

    /**
     * The list of all keys that exist at {@code at}, among the keys of {@code page} that belong to this topic partition.
     *
     * @param partitions number of partitions over which the source distributes keys
     */
    record Manifest(Chain chain, KeyRange page, Revision at, List<String> keys, int partitions) implements EtcdRecord {

        @Override
        public Kind kind() {
            return Kind.MANIFEST;
        }

        /** Returns whether the key belongs to the topic partition, given the number of partitions when the manifest was written. */
        public boolean isOfPartition(String key, int partition) {
            return KeyPartitioner.partition(key, partitions) == partition;
        }

        /** Returns what the manifest says about the keys of its page after this one. */
        public Manifest after(String key) {
            return new Manifest(chain, new KeyRange(key, page.through()), at, keys, partitions);
        }
    }

    /**
     * The snapshot of {@code range} is complete.
     *
     * @param at epoch, and the revision at which the snapshot began
     * @param request highest request that the snapshot answers; 0 for none
     * @param partitions number of partitions over which the source distributes keys
     */
    record End(Chain chain, KeyRange range, Revision at, long request, int partitions) implements EtcdRecord {

        @Override
        public Kind kind() {
            return Kind.END;
        }
    }

    /**
     * The etcd sink's answer to change {@code of} of database {@code origin}.
     *
     * @param at revision of the answer
     * @param of send number of the change
     */
    record Answer(
            Chain chain, String key, Revision at, String origin, long of, Outcome outcome, @Nullable String reason)
            implements EtcdRecord {

        @Override
        public Kind kind() {
            return Kind.ANSWER;
        }
    }

    /** Reports that there was no change until {@code at}. The RevisionFilter also replaces a stale record by a heartbeat. */
    record Heartbeat(Chain chain, Revision at) implements EtcdRecord {

        @Override
        public Kind kind() {
            return Kind.HEARTBEAT;
        }
    }
}
