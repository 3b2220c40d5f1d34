package dev.etcdpg.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {

    private static final EtcdRecord.Source SOURCE = new EtcdRecord.Source("/a/", "src", "cafe");
    private static final Chain CHAIN = new Chain(17, 12, new KeyRange("/a/k", ""), SOURCE);
    private static final Revision AT = new Revision(1_700_000_000_000L, 42);

    static Stream<EtcdRecord> etcdRecords() {
        EtcdRecord.Row row = new EtcdRecord.Row("/a/x", "välue \"😀", 40, 42, 1, 7);
        return Stream.of(
                new EtcdRecord.Event(CHAIN, "/a/x", row, AT, 0),
                new EtcdRecord.Event(CHAIN, "/a/x", row, AT, 50),
                new EtcdRecord.Event(CHAIN, "/a/x", new EtcdRecord.Row("/a/x", "", 40, 42, 3, 0), AT, 0),
                new EtcdRecord.Event(CHAIN, "/a/x", null, AT, 0),
                new EtcdRecord.Unrepresentable(CHAIN, "/a/x", AT, 0, 0, "not UTF-8"),
                new EtcdRecord.Manifest(CHAIN, new KeyRange("", "/a/z"), AT, List.of("/a/x", "/a/y"), 4),
                new EtcdRecord.Manifest(CHAIN, KeyRange.ALL, AT, List.of(), 4),
                new EtcdRecord.End(CHAIN, KeyRange.ALL, AT, 99, 4),
                new EtcdRecord.Answer(CHAIN, "/a/x", AT, "origin", 5, Outcome.REFUSED, null),
                new EtcdRecord.Answer(CHAIN, "/a/x", AT, "origin", 5, Outcome.FAILED, "too large"),
                new EtcdRecord.Heartbeat(CHAIN, AT));
    }

    static Stream<PgRecord> pgRecords() {
        Chain chain = new Chain(17, 12);
        return Stream.of(
                new PgRecord.Change(chain, "o", "etcd", "/a/x", "v", new Revision(3, 0), 9, "alice"),
                new PgRecord.Change(chain, "o", "etcd", "/a/x", "", new Revision(3, 4), 0, null),
                new PgRecord.Change(chain, "o", "etcd", "/a/x", null, new Revision(3, 4), 0, "alice"),
                new PgRecord.Probe(chain, "o", "etcd", "/a/x", 5),
                new PgRecord.Request(chain, "o", "etcd", new KeyRange("/a/b", "/a/c"), 77),
                new PgRecord.NewEpoch(chain, "o", "etcd", 3, "contradiction"),
                new PgRecord.Heartbeat(chain, "o", "etcd"));
    }

    @ParameterizedTest
    @MethodSource("etcdRecords")
    void etcdRecordsCanBeReadFromStructsAndMaps(EtcdRecord record) {
        SchemaAndValue encoded = EtcdRecordCodec.encode(record, null, 1);
        assertThat(EtcdRecordCodec.decode(encoded.value())).isEqualTo(record);
        assertThat(EtcdRecordCodec.decode(throughJson(encoded))).isEqualTo(record);
    }

    @ParameterizedTest
    @MethodSource("pgRecords")
    void pgRecordsCanBeReadFromStructsAndMaps(PgRecord record) {
        SchemaAndValue encoded = PgRecordCodec.encode(record);
        assertThat(PgRecordCodec.isSend(encoded.value())).isTrue();
        assertThat(PgRecordCodec.decode(encoded.value())).isEqualTo(record);
        assertThat(PgRecordCodec.decode(throughJson(encoded))).isEqualTo(record);
    }

    @Test
    void aSendNamesItsDatabaseAndItsPrefixIfTheyAreKnown() {
        PgRecord heartbeat = new PgRecord.Heartbeat(new Chain(17, 12), "o", "etcd");
        SchemaAndValue named = PgRecordCodec.encode(heartbeat, "7420/16384/1", "/config/");
        assertThat(PgRecordCodec.database(named.value())).isEqualTo("7420/16384/1");
        assertThat(PgRecordCodec.database(throughJson(named))).isEqualTo("7420/16384/1");
        assertThat(PgRecordCodec.prefix(named.value())).isEqualTo("/config/");
        assertThat(PgRecordCodec.prefix(throughJson(named))).isEqualTo("/config/");
        assertThat(PgRecordCodec.decode(named.value())).isEqualTo(heartbeat);
        assertThat(PgRecordCodec.database(PgRecordCodec.encode(heartbeat).value()))
                .isNull();
        assertThatThrownBy(() -> PgRecordCodec.database(Map.of("database", "a secret")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("database")
                .hasMessageNotContaining("secret");
    }

    @Test
    void errorsNameTheFieldAndContainNoValue() {
        assertThatThrownBy(() -> EtcdRecordCodec.decode("secret"))
                .isInstanceOf(DataException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> EtcdRecordCodec.decode(Map.of("kind", "end", "number", "secret")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("number")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> PgRecordCodec.decode(Map.of("kind", "change", "number", 1L)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("previous");
        assertThat(PgRecordCodec.isSend("plain")).isFalse();
        assertThat(PgRecordCodec.isSend(Map.of("kind", "x"))).isFalse();
    }

    /** A source with schemas.enable=true and a sink with schemas.enable=false understand each other. */
    @ParameterizedTest
    @MethodSource("etcdRecords")
    void etcdRecordsCanBeReadBesideTheirSchema(EtcdRecord record) {
        assertThat(EtcdRecordCodec.decode(besideItsSchema(EtcdRecordCodec.encode(record, null, 0))))
                .isEqualTo(record);
    }

    @ParameterizedTest
    @MethodSource("pgRecords")
    void pgRecordsCanBeReadBesideTheirSchema(PgRecord record) {
        Object value = besideItsSchema(PgRecordCodec.encode(record));
        assertThat(PgRecordCodec.isSend(value)).isTrue();
        assertThat(PgRecordCodec.decode(value)).isEqualTo(record);
    }

    private static Object besideItsSchema(SchemaAndValue value) {
        try (JsonConverter writing = new JsonConverter();
                JsonConverter reading = new JsonConverter()) {
            writing.configure(Map.of("schemas.enable", true), false);
            reading.configure(Map.of("schemas.enable", false), false);
            byte[] json = writing.fromConnectData("t", value.schema(), value.value());
            return reading.toConnectData("t", json).value();
        }
    }

    private static Object throughJson(SchemaAndValue value) {
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("schemas.enable", false), false);
            byte[] json = converter.fromConnectData("t", value.schema(), value.value());
            return converter.toConnectData("t", json).value();
        }
    }
}
