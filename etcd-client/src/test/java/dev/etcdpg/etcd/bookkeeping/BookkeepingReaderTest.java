package dev.etcdpg.etcd.bookkeeping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.etcd.kv.KeyChange;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BookkeepingReaderTest {

    private final BookkeepingKeys keys = new BookkeepingKeys("/b/");
    private final BookkeepingReader events = new BookkeepingReader(keys, "app", KeyRange.ALL);

    private static KeyChange put(String key, String value) {
        return new KeyChange(
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                5,
                5,
                1,
                0);
    }

    @Test
    void readsAnswers() {
        assertThat(events.read(
                        put(keys.answer("db", "app", "/x//y"), "{\"n\":3,\"outcome\":\"failed\",\"reason\":\"r\"}")))
                .contains(new BookkeepingNotice.Answer("db", "/x//y", 3, Outcome.FAILED, "r", 5));
        assertThat(events.read(put(keys.answer("db", "app", "/x"), null))).isEmpty();
        assertThat(events.read(put(keys.answer("db", "appendix", "/x"), "{\"n\":3,\"outcome\":\"failed\"}")))
                .isEmpty();
        BookkeepingReader half = new BookkeepingReader(keys, "app", new KeyRange("/m", ""));
        assertThat(half.read(put(keys.answer("db", "app", "/a"), "{\"n\":3,\"outcome\":\"failed\"}")))
                .isEmpty();
    }

    @Test
    void saysWhatIsMalformed() {
        for (String value : new String[] {"", "7", "{}", "{\"n\":1}", "{\"n\":1,\"outcome\":\"eaten\"}", "x"}) {
            assertThat(events.read(put(keys.answer("db", "app", "/x"), value)).orElseThrow())
                    .isInstanceOf(BookkeepingNotice.Malformed.class);
        }
        assertThat(events.read(put("/b/answer/x", "{}")).orElseThrow()).isInstanceOf(BookkeepingNotice.Malformed.class);
        assertThat(events.read(put("/b/request/app/x", "{}")).orElseThrow())
                .isInstanceOf(BookkeepingNotice.Malformed.class);
    }

    @Test
    void readsRequestsAndEpochs() {
        assertThat(events.read(put(keys.request("app", 12), "{}")))
                .contains(new BookkeepingNotice.Request(12, KeyRange.ALL, 5));
        assertThat(events.read(put(keys.request("app", 12), "{\"after\":\"/a\",\"through\":\"/b\"}")))
                .contains(new BookkeepingNotice.Request(12, new KeyRange("/a", "/b"), 5));
        for (String nonsense : new String[] {"", "x", "[]", "{\"after\":\"/b\",\"through\":\"/a\"}"}) {
            assertThat(events.read(put(keys.request("app", 12), nonsense)))
                    .contains(new BookkeepingNotice.Request(12, KeyRange.ALL, 5));
        }
        assertThat(events.read(put(keys.request("other", 12), "{}"))).isEmpty();
        assertThat(events.read(put(keys.epoch(), "77"))).contains(new BookkeepingNotice.Epoch(77, 5));
        assertThat(events.read(put(keys.epoch(), null))).contains(new BookkeepingNotice.Epoch(0, 5));
        assertThat(events.read(put(keys.epoch(), "soon"))).contains(new BookkeepingNotice.Epoch(0, 5));
        assertThat(events.read(put(keys.progress("pg.app", 1), "{}"))).isEmpty();
    }

    @Property
    void nothingThatStandsThereFailsTheTask(@ForAll byte[] tail, @ForAll byte[] value) {
        byte[] head = keys.answers().getBytes(StandardCharsets.UTF_8);
        byte[] key = java.util.Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, key, head.length, tail.length);
        assertThat(events.read(new KeyChange(key, value, 5, 5, 1, 0))).isNotNull();
    }
}
