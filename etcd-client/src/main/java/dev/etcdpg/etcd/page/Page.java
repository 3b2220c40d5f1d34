package dev.etcdpg.etcd.page;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.RecordKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A page of a snapshot. Pure.
 *
 * @param revision the revision at which the whole page was read
 * @param rows the live keys, in key order
 * @param more whether keys follow
 */
public record Page(long revision, List<KeyChange> rows, boolean more) {

    /**
     * Returns the key range that this page covers, together with the pages before it that had no bounds of their own. A bound is a key that
     * PostgreSQL can hold; the last page extends to the end of the snapshot.
     *
     * @param after the bound of the page before
     * @param through the end of the snapshot
     * @return empty if more pages follow and no key of this page can be a bound; the next page then covers both
     */
    public Optional<KeyRange> bounds(String after, String through) {
        if (!more) {
            return Optional.of(new KeyRange(after, through));
        }
        for (int i = rows.size() - 1; i >= 0; i--) {
            Optional<String> key = RecordKey.text(rows.get(i).key());
            if (key.isPresent()) {
                return Optional.of(new KeyRange(after, key.get()));
            }
        }
        return Optional.empty();
    }

    /** Returns the live keys of each partition, as the manifests list them. */
    public List<List<String>> keysByPartition(int partitions) {
        List<List<String>> lists = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            lists.add(new ArrayList<>());
        }
        for (KeyChange row : rows) {
            RecordKey.text(row.key()).ifPresent(key -> lists.get(KeyPartitioner.partition(row.key(), partitions))
                    .add(key));
        }
        return lists;
    }

    /** Returns the number of bytes of all keys and values. */
    public static long bytes(List<KeyChange> rows) {
        return rows.stream()
                .mapToLong(row -> row.key().length + row.requireValue().length)
                .sum();
    }
}
