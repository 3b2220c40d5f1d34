package dev.etcdpg.core.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyVersionTest {

    private static final Chain CHAIN = new Chain(11, 10);
    private static final Revision AT = new Revision(7, 5);

    private static KeyVersion event(long epoch, long number) {
        return new KeyVersion("", "/a", epoch, number, false);
    }

    @Test
    void anEpochDecidesBeforeARevision() {
        assertThat(event(8, 1).isNewerThan(event(7, 9))).isTrue();
        assertThat(event(7, 9).isNewerThan(event(8, 1))).isFalse();
        assertThat(event(7, 2).isNewerThan(event(7, 1))).isTrue();
        assertThat(event(7, 1).isNewerThan(event(7, 1))).isFalse();
        assertThat(event(7, 1).isNewerThan(event(7, 2))).isFalse();
    }

    @Test
    void eventsAndChangesHaveAVersion() {
        EtcdRecord.Row row = new EtcdRecord.Row("/a", "v", 1, 5, 1, 0);
        assertThat(peek(new EtcdRecord.Event(CHAIN, "/a", row, AT, 0))).isEqualTo(event(7, 5));
        assertThat(peek(new EtcdRecord.Event(CHAIN, "/a", null, AT, 0))).isEqualTo(event(7, 5));
        assertThat(peek(new EtcdRecord.Event(CHAIN, "/a", row, AT, 6))).isEqualTo(new KeyVersion("", "/a", 7, 5, true));
        assertThat(peek(new EtcdRecord.Unrepresentable(CHAIN, "/a", AT, 0, 0, "not UTF-8")))
                .isEqualTo(event(7, 5));
        PgRecord change = new PgRecord.Change(CHAIN, "o", "etcd", "/a", "v", AT, 0, null);
        KeyVersion version = KeyVersion.peek(PgRecordCodec.encode(change).value());
        assertThat(version).isEqualTo(new KeyVersion("o", "/a", 0, 11, false)).hasToString("\"/a\" at number 11");
        assertThat(event(7, 5)).hasToString("\"/a\" at 7.5");
    }

    @Test
    void otherRecordsHaveNone() {
        assertThat(peek(new EtcdRecord.Heartbeat(CHAIN, AT))).isNull();
        assertThat(peek(new EtcdRecord.End(CHAIN, KeyRange.ALL, AT, 0, 1))).isNull();
        assertThat(KeyVersion.peek(null)).isNull();
        assertThat(KeyVersion.peek("text")).isNull();
        assertThat(KeyVersion.peek(List.of())).isNull();
        assertThat(KeyVersion.peek(Map.of("other", 1))).isNull();
        assertThat(KeyVersion.peek(new HashMap<>(Map.of("kind", "change", "key", "/a"))))
                .isNull();
    }

    private static KeyVersion peek(EtcdRecord record) {
        return KeyVersion.peek(EtcdRecordCodec.encode(record, null, 0).value());
    }
}
