package dev.etcdpg.etcd.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.etcd.kv.KeySpan;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class WindowTest {

    /** Windows cover any keys without a gap, and no window has more keys than the limit. */
    @Property(tries = 8)
    void windowsCoverTheSpan(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 60_000) int keys,
            @ForAll @IntRange(min = 1, max = 26) int letters,
            @ForAll @IntRange(min = 100, max = 20_000) int limit) {
        Random random = new Random(seed);
        TreeSet<byte[]> all = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = 0; i < keys; i++) {
            StringBuilder key = new StringBuilder("/app/");
            for (int at = random.nextInt(12); at > 0; at--) {
                key.append((char) ('a' + random.nextInt(letters)));
            }
            all.add(key.append(letters == 1 ? i : "").toString().getBytes(StandardCharsets.UTF_8));
        }
        Window window = new Window(
                limit, span -> in(all, span).size(), span -> in(all, span).first());
        KeySpan rest = KeySpan.prefix("/app/");
        int seen = 0;
        for (int windows = 0; !rest.start().equals(rest.end()); windows++) {
            Window.Counted counted = window.of(
                            new Window.Counted(rest, in(all, rest).size()), new byte[0])
                    .window();
            KeySpan found = counted.span();
            assertThat(counted.keys()).isEqualTo(in(all, found).size());
            assertThat(found.start()).isEqualTo(rest.start());
            assertThat(found.end()).isGreaterThan(found.start()).isLessThanOrEqualTo(rest.end());
            assertThat((long) in(all, found).size()).isLessThanOrEqualTo(limit);
            seen += in(all, found).size();
            rest = new KeySpan(found.end(), rest.end());
            assertThat(windows).isLessThan(20_000);
        }
        assertThat(seen).isEqualTo(all.size());
    }

    /** Each count is a request to etcd, and a key may have hundreds of thousands of bytes. */
    @Example
    void aLongKeyNeedsFewCounts() {
        TreeSet<byte[]> all = new TreeSet<>(Arrays::compareUnsigned);
        all.add(("/app/a" + "k".repeat(100_000)).getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 10; i++) {
            all.add(("/app/b" + i).getBytes(StandardCharsets.UTF_8));
        }
        AtomicInteger counts = new AtomicInteger();
        Window window = new Window(
                5,
                span -> {
                    counts.incrementAndGet();
                    return in(all, span).size();
                },
                span -> in(all, span).first());
        KeySpan found = window.of(new Window.Counted(KeySpan.prefix("/app/"), all.size()), new byte[0])
                .window()
                .span();
        assertThat(in(all, found)).hasSize(1);
        assertThat(counts).hasValueLessThan(40);
    }

    /** For each count and each first key, etcd looks at all keys of the span. */
    @Example
    void aSnapshotOfManyKeysCountsLittle() {
        TreeSet<byte[]> all = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = 0; i < 300_000; i++) {
            all.add(("/app/config/" + i).getBytes(StandardCharsets.UTF_8));
        }
        AtomicInteger requests = new AtomicInteger();
        AtomicLong looked = new AtomicLong();
        Windows windows = new Windows();
        KeySpan rest = KeySpan.prefix("/app/");
        while (!rest.start().equals(rest.end())) {
            KeySpan part = windows.of(
                    rest,
                    span -> {
                        requests.incrementAndGet();
                        int size = in(all, span).size();
                        looked.addAndGet(size);
                        return size;
                    },
                    span -> {
                        for (KeySpan beginning : Window.beginnings(span)) {
                            NavigableSet<byte[]> found = in(all, beginning);
                            requests.incrementAndGet();
                            looked.addAndGet(found.size());
                            if (!found.isEmpty()) {
                                return found.first();
                            }
                        }
                        throw new AssertionError();
                    });
            rest = new KeySpan(part.end(), rest.end());
            windows.leave();
        }
        System.out.println(requests + " requests looked at " + looked + " keys");
        assertThat(requests).hasValueLessThan(all.size() / 128);
        assertThat(looked).hasValueLessThan(20L * all.size());
    }

    /** A reader requests a few keys at a time and sometimes repeats a page. The reader still reads every key. */
    @Property(tries = 5)
    void windowsInWindowsCoverTheSpan(@ForAll long seed, @ForAll @IntRange(min = 0, max = 60_000) int keys) {
        Random random = new Random(seed);
        TreeSet<byte[]> all = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = 0; i < keys; i++) {
            all.add(("/app/" + random.nextInt(1_000_000)).getBytes(StandardCharsets.UTF_8));
        }
        Windows windows = new Windows();
        KeySpan rest = KeySpan.prefix("/app/");
        KeySpan page = rest;
        int read = 0;
        int inPage = 0;
        while (!rest.start().equals(rest.end())) {
            KeySpan part = windows.of(
                    rest, span -> in(all, span).size(), span -> in(all, span).first());
            NavigableSet<byte[]> waiting = in(all, part);
            int limit = 1 + random.nextInt(300);
            if (waiting.size() > limit) {
                byte[] last = waiting.stream().skip(limit - 1L).findFirst().orElseThrow();
                rest = rest.after(last);
                inPage += limit;
            } else {
                inPage += waiting.size();
                rest = new KeySpan(part.end(), rest.end());
                windows.leave();
            }
            if (random.nextInt(20) == 0) {
                // a request has failed, and the reader repeats the page
                rest = page;
                inPage = 0;
            } else if (random.nextInt(4) == 0 || rest.start().equals(rest.end())) {
                page = rest;
                read += inPage;
                inPage = 0;
            }
        }
        assertThat(read).isEqualTo(all.size());
    }

    private static NavigableSet<byte[]> in(TreeSet<byte[]> keys, KeySpan span) {
        return keys.subSet(span.start().toByteArray(), true, span.end().toByteArray(), false);
    }
}
