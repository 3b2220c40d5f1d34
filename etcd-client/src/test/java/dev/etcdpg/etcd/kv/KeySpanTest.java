package dev.etcdpg.etcd.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Utf8;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;

class KeySpanTest {
    private static final String PREFIX = "bb";

    /** The bounds come from requests for snapshots, which any sender can make. */
    @Property(tries = 5_000)
    void hasTheKeysOfTheRangeThatBeginWithThePrefixAndNoOthers(
            @ForAll @CharRange(from = 'a', to = 'c') @StringLength(max = 4) String after,
            @ForAll @CharRange(from = 'a', to = 'c') @StringLength(max = 4) String through,
            @ForAll @CharRange(from = 'a', to = 'c') @StringLength(max = 5) String key) {
        KeyRange range = new KeyRange(after, through);

        assertThat(has(KeySpan.of(PREFIX, range), key)).isEqualTo(key.startsWith(PREFIX) && range.contains(key));
    }

    @Example
    void ofABoundBehindThePrefixItEndsWithThePrefix() {
        assertThat(KeySpan.of("/p/", new KeyRange("", "odd"))).isEqualTo(KeySpan.prefix("/p/"));
    }

    private static boolean has(KeySpan span, String key) {
        return Utf8.compare(span.start().text(), key) <= 0
                && Utf8.compare(key, span.end().text()) < 0;
    }
}
