package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.Utf8;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.RangeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A page of a snapshot, in key order, all of it read at one revision.
 *
 * @param revision at which it was read
 * @param rows what lives there
 * @param more whether keys follow
 */
public record Page(long revision, List<KeyChange> rows, boolean more) {

    /** @param revision that was read, 0 for etcd's own then */
    static Page of(RangeResult read, long revision) {
        return new Page(revision == 0 ? read.revision() : revision, read.keys(), read.more());
    }

    /** The key as text, if a record can have it: what can not is in no topic but the dead letter topic. */
    public static Optional<String> key(byte[] key) {
        return key.length > Route.MAX_KEY_BYTES ? Optional.empty() : Utf8.strict(key);
    }

    /**
     * The keys of which this page, with pages without a bound of their own before it, says everything. Bounds are keys that PostgreSQL can
     * hold; the last page goes to the end of the range.
     *
     * @param after where the page before it ended
     * @param through where the range of the snapshot ends
     * @return empty if no key of the page can be a bound and there are more: the next page speaks for both
     */
    public Optional<KeyRange> bounds(String after, String through) {
        if (!more) {
            return Optional.of(new KeyRange(after, through));
        }
        for (int i = rows.size() - 1; i >= 0; i--) {
            Optional<String> key = key(rows.get(i).key());
            if (key.isPresent()) {
                return Optional.of(new KeyRange(after, key.get()));
            }
        }
        return Optional.empty();
    }

    /** For each partition the keys that live, as a manifest lists them. */
    public List<List<String>> keysByPartition(int partitions) {
        List<List<String>> lists = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            lists.add(new ArrayList<>());
        }
        for (KeyChange row : rows) {
            key(row.key()).ifPresent(key -> lists.get(KeyPartitioner.partition(row.key(), partitions))
                    .add(key));
        }
        return lists;
    }

    /** Bytes of keys and values. */
    public long bytes() {
        return rows.stream()
                .mapToLong(row -> row.key().length + row.value().length)
                .sum();
    }
}
