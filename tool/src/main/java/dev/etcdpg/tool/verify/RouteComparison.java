package dev.etcdpg.tool.verify;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.kv.RecordKey;
import dev.etcdpg.etcd.page.Page;
import dev.etcdpg.etcd.page.PageReader;
import dev.etcdpg.tool.compare.Finding;
import dev.etcdpg.tool.compare.Judge;
import dev.etcdpg.tool.compare.KeyState;
import dev.etcdpg.tool.compare.PostgresKey;
import dev.etcdpg.tool.compare.RangeDigest;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Compares all keys of a route with one snapshot of PostgreSQL. etcd is read later, at one revision. A range of keys is compared by its digest
 * first. In a range that differs, each key is compared; a key that differs is compared again at the revision that PostgreSQL had applied, because
 * the change may have been on its way. Not thread-safe.
 */
final class RouteComparison {

    private static final int FETCH_SIZE = 5_000;

    /** Number of suspects after which the comparison ends: something else is wrong. */
    static final int MAX_SUSPECTS = 10_000;

    private final PostgresSnapshot postgres;
    private final KeyComparison comparison;
    private final PageReader pages;
    private final Map<Finding, Long> counts = new EnumMap<>(Finding.class);
    private final SortedSet<String> suspects = new TreeSet<>();
    private long keys;
    private boolean isComplete = true;

    RouteComparison(PostgresSnapshot postgres, EtcdGateway etcd) {
        this.postgres = postgres;
        this.comparison = new KeyComparison(postgres, new EtcdPast(etcd));
        this.pages = new PageReader(etcd, FETCH_SIZE, KeySpan.prefix(postgres.prefix()), 0);
    }

    /** @param progress receives the number of keys that were compared */
    void run(LongConsumer progress) throws SQLException {
        String after = "";
        Map<String, KeyState> read = new LinkedHashMap<>(); // in the order of etcd
        boolean more = true;
        while (more) {
            Page page = pages.read();
            page.rows().forEach(row -> add(read, row));
            keys += page.rows().size();
            Optional<KeyRange> range = page.bounds(after, "");
            if (range.isPresent()) {
                compare(range.get(), read);
                read.clear();
                after = range.get().through();
            }
            progress.accept(keys);
            more = page.more();
            pages.advance();
            if (suspects.size() > MAX_SUSPECTS) {
                isComplete = !more;
                more = false;
            }
        }
    }

    private void add(Map<String, KeyState> read, KeyChange row) {
        Optional<String> key = RecordKey.text(row.key());
        KeyState state = KeyState.of(row);
        if (key.isEmpty() || state == null) {
            count(Finding.DEAD_LETTER);
            return;
        }
        if (!state.isRepresentable()) {
            count(Finding.DEAD_LETTER);
        }
        read.put(key.get(), state);
    }

    private void compare(KeyRange range, Map<String, KeyState> read) throws SQLException {
        RangeDigest.Builder digest = new RangeDigest.Builder();
        read.forEach(digest::add);
        if (postgres.hasDigest(range, digest.digest())) {
            return;
        }
        SortedSet<String> all = new TreeSet<>(read.keySet());
        all.addAll(postgres.keys(range));
        for (PostgresKey key : postgres.states(all)) {
            Finding finding = Judge.judge(read.get(key.key()), key);
            if (finding.isDifference()) {
                finding = comparison.atApplied(key);
            }
            if (finding.isDifference()) {
                suspects.add(key.key());
            } else if (finding != Finding.DEAD_LETTER) {
                count(finding);
            }
        }
    }

    private void count(Finding finding) {
        counts.merge(finding, 1L, Long::sum);
    }

    long revision() {
        return pages.revision();
    }

    long keys() {
        return keys;
    }

    long number(Finding finding) {
        return counts.getOrDefault(finding, 0L);
    }

    /** Returns keys that differ even at the revision that PostgreSQL had applied. */
    SortedSet<String> suspects() {
        return suspects;
    }

    boolean isComplete() {
        return isComplete;
    }
}
