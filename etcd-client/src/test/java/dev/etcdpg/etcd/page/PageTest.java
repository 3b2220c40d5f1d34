package dev.etcdpg.etcd.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.RecordKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PageTest {

    private static KeyChange row(byte[] key) {
        return new KeyChange(key, new byte[] {1, 2}, 5, 5, 1, 0);
    }

    /** Keys have any bytes, and pages any size. The bounds leave no gap, and each manifest lists exactly the keys between its bounds. */
    @Property
    void manifestsCoverTheRangeAndListEveryKeyOnce(
            @ForAll @Size(max = 30) List<@Size(min = 1, max = 3) byte[]> random,
            @ForAll @IntRange(min = 1, max = 7) int size,
            @ForAll @IntRange(min = 1, max = 4) int partitions) {
        TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        keys.addAll(random);
        List<byte[]> all = new ArrayList<>(keys);
        String after = "";
        List<String> listed = new ArrayList<>();
        for (int from = 0; from == 0 || from < all.size(); from += size) {
            int to = Math.min(all.size(), from + size);
            Page page = new Page(
                    9, all.subList(from, to).stream().map(PageTest::row).toList(), to < all.size());
            Optional<KeyRange> bounds = page.bounds(after, "");
            List<List<String>> lists = page.keysByPartition(partitions);
            if (bounds.isPresent()) {
                assertThat(bounds.get().after()).isEqualTo(after);
                for (int p = 0; p < partitions; p++) {
                    for (String key : lists.get(p)) {
                        assertThat(bounds.get().contains(key)).isTrue();
                        assertThat(KeyPartitioner.partition(key, partitions)).isEqualTo(p);
                        listed.add(key);
                    }
                }
                // the manifests list every key up to the bound, except keys that no record can have
                KeyRange sofar = new KeyRange("", bounds.get().through());
                all.stream()
                        .map(RecordKey::text)
                        .flatMap(Optional::stream)
                        .filter(sofar::contains)
                        .forEach(key -> assertThat(listed).contains(key));
                after = bounds.get().through();
            } else {
                assertThat(page.more()).isTrue();
                assertThat(lists).allMatch(List::isEmpty);
            }
        }
        assertThat(after).isEmpty();
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(all.stream()
                        .map(RecordKey::text)
                        .flatMap(Optional::stream)
                        .toList());
    }

    @Property
    void aPageIsNeverEmptyNorLargerThanSet(
            @ForAll @IntRange(min = 1, max = 5_000) int most,
            @ForAll @Size(max = 20) List<@IntRange(min = 1) Integer> bytes) {
        PageSize size = new PageSize(most);
        for (int each : bytes) {
            assertThat(size.next()).isBetween(1, most);
            size.adapt(size.next(), (long) each * size.next());
            assertThat((long) size.next() * each).isLessThanOrEqualTo(Math.max(PageSize.TARGET_BYTES, each));
        }
    }
}
