package dev.etcdpg.etcd.bookkeeping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Keys with these names exist in etcd. If a name changed, the connectors would not find their keys. */
class BookkeepingKeysTest {

    private final BookkeepingKeys keys = new BookkeepingKeys(BookkeepingKeys.DEFAULT_PREFIX);

    @Test
    void namesStayAsTheyAre() {
        assertThat(keys.epoch()).isEqualTo("/etcd-pg-connect/epoch");
        assertThat(keys.progress("pg.etcd", 3)).isEqualTo("/etcd-pg-connect/progress/pg.etcd/3");
        assertThat(keys.origin("o")).isEqualTo("/etcd-pg-connect/origin/o");
        assertThat(keys.answers()).isEqualTo("/etcd-pg-connect/answer/");
        assertThat(keys.answer("o", "r", "/a")).isEqualTo("/etcd-pg-connect/answer/o/r//a");
        assertThat(keys.requests("r")).isEqualTo("/etcd-pg-connect/request/r/");
        assertThat(keys.request("r", 7)).isEqualTo("/etcd-pg-connect/request/r/7");
        assertThat(keys.answeredParts("r", 7)).isEqualTo("/etcd-pg-connect/part/r/7/");
        assertThat(keys.answeredPart("r", 7, "/a")).isEqualTo("/etcd-pg-connect/part/r/7//a");
        assertThat(keys.ranges("etcd-source")).isEqualTo("/etcd-pg-connect/ranges/etcd-source/");
    }
}
