package dev.etcdpg.testing.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EtcdHistoryTest {
    private final EtcdHistory history = new EtcdHistory(10);

    private void add(String key, long revision, String value) {
        history.add(new EtcdEvent(key, revision, value, 0, 0, 0, Author.WRITER));
    }

    @Test
    void knowsWhatAKeyWasAtEachRevision() {
        add("a", 5, "before");
        add("a", 12, "one");
        add("a", 14, null);
        assertThat(history.valueAt("a", 4)).isNull();
        assertThat(history.valueAt("a", 11)).isEqualTo("before");
        assertThat(history.valueAt("a", 13)).isEqualTo("one");
        assertThat(history.valueAt("a", 14)).isNull();
        assertThat(history.at("a", 13)).isNull();
        assertThat(history.last("a").revision()).isEqualTo(14);
    }

    @Test
    void goesOnFromTheStateOfARevision() {
        add("a", 12, "one");
        add("a", 13, "two");
        add("b", 13, "one");
        add("b", 14, null);
        add("c", 15, "one");
        add("a", 16, "three");
        EtcdHistory next = history.from(15);
        assertThat(next.since()).isEqualTo(15);
        assertThat(next.keys()).containsExactly("a", "c");
        assertThat(next.of("a").keySet()).containsExactly(13L, 16L);
        assertThat(next.valueAt("a", 15)).isEqualTo("two");
    }
}
