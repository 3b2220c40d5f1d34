package dev.etcdpg.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.testing.kit.TestPluginMetrics;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevisionFilterTest {

    private static RevisionFilter<SinkRecord> filter(String... settings) {
        RevisionFilter<SinkRecord> filter = new RevisionFilter<>();
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        filter.configure(map);
        return filter;
    }

    private static Chain chain(long number) {
        return new Chain(number, number - 1);
    }

    private static EtcdRecord event(String key, long revision, long number) {
        EtcdRecord.Row row = new EtcdRecord.Row(key, "secret", 1, revision, 1, 0);
        return new EtcdRecord.Event(chain(number), key, row, new Revision(7, revision), 0);
    }

    private static PgRecord change(String key, long number, long base) {
        return new PgRecord.Change(chain(number), "o", "etcd", key, "secret", new Revision(7, base), 0, "alice");
    }

    private static SinkRecord at(long offset, EtcdRecord record) {
        return at(0, offset, EtcdRecordCodec.encode(record, null, 0));
    }

    private static SinkRecord at(long offset, PgRecord record) {
        return at(0, offset, PgRecordCodec.encode(record));
    }

    private static SinkRecord at(int partition, long offset, SchemaAndValue value) {
        return new SinkRecord("topic", partition, null, "key", value.schema(), value.value(), offset);
    }

    private static SinkRecord asMap(SinkRecord record) {
        try (JsonConverter json = new JsonConverter()) {
            json.configure(Map.of("schemas.enable", "false"), false);
            byte[] bytes = json.fromConnectData(record.topic(), record.valueSchema(), record.value());
            Object value = json.toConnectData(record.topic(), bytes).value();
            return new SinkRecord(
                    record.topic(), record.kafkaPartition(), null, record.key(), null, value, record.kafkaOffset());
        }
    }

    @Test
    void staleRecordsAreCounted() {
        RevisionFilter<SinkRecord> filter = filter();
        TestPluginMetrics metrics = new TestPluginMetrics();
        filter.withPluginMetrics(metrics);
        filter.apply(at(10, event("/a", 5, 1)));
        filter.apply(at(11, event("/a", 4, 2)));
        filter.apply(at(12, event("/b", 4, 3)));

        assertThat(metrics.value("records-total")).isEqualTo(3);
        assertThat(metrics.value("stale-records-total")).isEqualTo(1);
        assertThat(metrics.value("remembered-keys")).isEqualTo(1);
        filter.close();
        assertThat(metrics.names()).isEmpty();
    }

    @Test
    void aWorkerWithoutPluginMetricsHasBeans() throws Exception {
        RevisionFilter<SinkRecord> filter = filter();
        Thread task = new Thread(() -> filter.apply(at(10, event("/a", 5, 1))), "task-thread-filtered-4");
        task.start();
        task.join();

        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName bean =
                new ObjectName("kafka.connect:type=plugins,connector=filtered,task=4,transformation=RevisionFilter");
        assertThat(server.getAttribute(bean, "records-total")).isEqualTo(1L);
        filter.close();
        assertThat(server.isRegistered(bean)).isFalse();
    }

    @Test
    void aStaleRecordBecomesAHeartbeatWithItsPlaceInTheChain() {
        RevisionFilter<SinkRecord> filter = filter();
        SinkRecord first = at(10, event("/a", 5, 1));
        assertThat(filter.apply(first)).isSameAs(first);
        for (long revision : new long[] {4, 5}) {
            SinkRecord emptied = filter.apply(at(11, event("/a", revision, 2)));
            assertThat(EtcdRecordCodec.decode(emptied.value()))
                    .isEqualTo(new EtcdRecord.Heartbeat(chain(2), new Revision(7, revision)));
            assertThat(emptied.kafkaOffset()).isEqualTo(11);
            assertThat(emptied.headers()
                            .lastWithName(EtcdRecordCodec.CONTROL_HEADER)
                            .value())
                    .isEqualTo("heartbeat");
        }
        SinkRecord other = at(12, event("/b", 4, 3));
        assertThat(filter.apply(other)).isSameAs(other);
        SinkRecord newer = at(13, event("/a", 6, 4));
        assertThat(filter.apply(newer)).isSameAs(newer);
    }

    @Test
    void aRecordThatPassesIsTheSameRecord() {
        RevisionFilter<SinkRecord> filter = filter();
        for (long number = 1; number <= 3; number++) {
            for (SinkRecord record :
                    List.of(at(2 * number, event("/a", number, number)), at(2 * number + 1, change("/a", number, 1)))) {
                assertThat(filter.apply(record)).isSameAs(record);
                SinkRecord map = asMap(record);
                SinkRecord elsewhere = map.newRecord("maps", 0, null, "key", null, map.value(), null);
                assertThat(filter.apply(elsewhere)).isSameAs(elsewhere);
            }
        }
    }

    /** Repeated records are records of snapshots and records that are delivered again. */
    @Test
    void aRepeatedRecordIsNotDecoded() {
        RevisionFilter<SinkRecord> filter = filter();
        SinkRecord first = at(5, event("/a", 7, 1));
        filter.apply(first);
        filter.apply(at(6, change("/a", 7, 1)));
        EtcdRecord.Row row = new EtcdRecord.Row("/a", "secret", 1, 7, 1, 0);
        EtcdRecord snapshot = new EtcdRecord.Event(chain(3), "/a", row, new Revision(7, 7), 9);
        Set<String> read = new HashSet<>();
        for (SinkRecord record : List.of(first, at(6, change("/a", 7, 1)), at(9, snapshot))) {
            for (Object value : List.of(
                    spied((Struct) record.value(), read),
                    spied((Map<?, ?>) asMap(record).value(), read))) {
                SinkRecord spied = new SinkRecord(record.topic(), 0, null, "key", null, value, record.kafkaOffset());
                assertThat(filter.apply(spied)).isSameAs(spied);
            }
        }
        assertThat(read).contains("source", "origin").isSubsetOf(READ);
    }

    /** The fields of a version. A decoder would read all fields, and the value above all. */
    private static final Set<String> READ = Set.of(
            "source",
            "op",
            "after",
            "before",
            "key",
            "epoch",
            "revision",
            "snapshot_revision",
            "kind",
            "origin",
            "number",
            "previous");

    /** A malformed record that looks stale passes: the sink must report it. */
    @Test
    void aStaleRecordThatIsMalformedPasses() {
        RevisionFilter<SinkRecord> filter = filter("stale.behavior", "drop");
        filter.apply(asMap(at(1, event("/a", 5, 1))));
        SinkRecord malformed = asMap(at(2, event("/a", 5, 2)));
        ((Map<?, ?>) ((Map<?, ?>) malformed.value()).get("after")).remove("value");
        assertThat(filter.apply(malformed)).isSameAs(malformed);
    }

    /**
     * No sink has applied a malformed record. A valid record of the same version, for example a dead letter that was corrected and sent again, must
     * reach the sink.
     */
    @ParameterizedTest
    @ValueSource(strings = {"after.value", "after.version", "source.number", "source.range_after"})
    void aMalformedEventMakesNoOtherRecordStale(String field) {
        RevisionFilter<SinkRecord> filter = filter("stale.behavior", "drop");
        SinkRecord malformed = asMap(at(1, event("/a", 5, 1)));
        String[] path = field.split("\\.");
        ((Map<?, ?>) ((Map<?, ?>) malformed.value()).get(path[0])).remove(path[1]);
        assertThat(filter.apply(malformed)).isSameAs(malformed);
        SinkRecord older = asMap(at(2, event("/a", 4, 1)));
        assertThat(filter.apply(older)).isSameAs(older);
        SinkRecord copy = asMap(at(3, event("/a", 5, 1)));
        assertThat(filter.apply(copy)).isSameAs(copy);
        assertThat(filter.apply(asMap(at(4, event("/a", 5, 1))))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"op", "value", "base_revision", "route"})
    void aMalformedChangeMakesNoOtherRecordStale(String field) {
        RevisionFilter<SinkRecord> filter = filter("stale.behavior", "drop");
        SinkRecord malformed = asMap(at(1, change("/a", 5, 1)));
        ((Map<?, ?>) malformed.value()).remove(field);
        assertThat(filter.apply(malformed)).isSameAs(malformed);
        SinkRecord copy = asMap(at(2, change("/a", 5, 1)));
        assertThat(filter.apply(copy)).isSameAs(copy);
        assertThat(filter.apply(asMap(at(3, change("/a", 5, 1))))).isNull();
    }

    private static Struct spied(Struct struct, Set<String> read) {
        Struct spied = new Struct(struct.schema()) {
            @Override
            public Object get(Field field) {
                read.add(field.name());
                return super.get(field);
            }
        };
        for (Field field : struct.schema().fields()) {
            Object value = struct.get(field);
            spied.put(field, value instanceof Struct inner ? spied(inner, read) : value);
        }
        return spied;
    }

    private static Map<String, Object> spied(Map<?, ?> map, Set<String> read) {
        Map<String, Object> spied = new HashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public Object get(Object name) {
                read.add((String) name);
                return super.get(name);
            }
        };
        map.forEach((name, value) ->
                spied.put((String) name, value instanceof Map<?, ?> inner ? spied(inner, read) : value));
        return spied;
    }

    @Test
    void epochsComeBeforeRevisions() {
        RevisionFilter<SinkRecord> filter = filter("stale.behavior", "drop");
        filter.apply(at(1, event("/a", 500, 1)));
        SinkRecord restored = at(2, new EtcdRecord.Event(chain(2), "/a", null, new Revision(8, 3), 0));
        assertThat(filter.apply(restored)).isSameAs(restored);
        assertThat(filter.apply(at(3, event("/a", 501, 3)))).isNull();
    }

    @Test
    void sendsAreComparedByNumberAndNotByBase() {
        RevisionFilter<SinkRecord> filter = filter();
        filter.apply(at(1, change("/a", 5, 100)));
        SinkRecord again = at(2, change("/a", 6, 90));
        assertThat(filter.apply(again)).isSameAs(again);
        assertThat(PgRecordCodec.decode(
                        filter.apply(at(3, change("/a", 5, 100))).value()))
                .isEqualTo(new PgRecord.Heartbeat(chain(5), "o", "etcd"));
    }

    @Test
    void aReplacedSendNamesItsDatabase() {
        RevisionFilter<SinkRecord> filter = filter();
        SchemaAndValue named = PgRecordCodec.encode(change("/a", 5, 100), "7420/16384/1", "/config/");
        filter.apply(at(0, 1, named));
        SinkRecord replaced = filter.apply(at(0, 2, named));
        assertThat(PgRecordCodec.decode(replaced.value())).isInstanceOf(PgRecord.Heartbeat.class);
        assertThat(PgRecordCodec.database(replaced.value())).isEqualTo("7420/16384/1", "/config/");
    }

    @Test
    void theHeartbeatOfAMapIsAMap() {
        RevisionFilter<SinkRecord> filter = filter();
        filter.apply(asMap(at(1, event("/a", 5, 1))));
        SinkRecord emptied = filter.apply(asMap(at(2, event("/a", 5, 2))));
        assertThat(emptied.value()).isInstanceOf(Map.class);
        assertThat(emptied.valueSchema()).isNull();
        assertThat(EtcdRecordCodec.decode(emptied.value()))
                .isEqualTo(new EtcdRecord.Heartbeat(chain(2), new Revision(7, 5)));

        filter.apply(asMap(at(3, change("/a", 5, 1))));
        emptied = filter.apply(asMap(at(4, change("/a", 5, 1))));
        assertThat(PgRecordCodec.decode(emptied.value())).isEqualTo(new PgRecord.Heartbeat(chain(5), "o", "etcd"));
        assertThat(emptied.value()).isInstanceOf(Map.class);
    }

    @Test
    void recordsThatAreNeverStalePass() {
        RevisionFilter<SinkRecord> filter = filter();
        filter.apply(at(1, event("/a", 50, 1)));
        filter.apply(at(2, change("/a", 50, 1)));
        Revision old = new Revision(7, 3);
        EtcdRecord.Row row = new EtcdRecord.Row("/a", "v", 1, 3, 1, 0);
        List<SinkRecord> always = List.of(
                at(3, new EtcdRecord.Event(chain(2), "/a", row, old, 60)),
                at(4, new EtcdRecord.Unrepresentable(chain(2), "/a", old, 60, 0, "not UTF-8")),
                at(5, new EtcdRecord.Manifest(chain(2), KeyRange.ALL, old, List.of(), 1)),
                at(6, new EtcdRecord.End(chain(2), KeyRange.ALL, old, 0, 1)),
                at(7, new EtcdRecord.Answer(chain(2), "/a", old, "o", 1, Outcome.REFUSED, null)),
                at(8, new EtcdRecord.Heartbeat(chain(2), old)),
                at(9, new PgRecord.Probe(chain(2), "o", "etcd", "/a", 1)),
                at(10, new PgRecord.Request(chain(2), "o", "etcd", KeyRange.ALL, 1)),
                at(11, new PgRecord.NewEpoch(chain(2), "o", "etcd", 1, "")),
                at(12, new PgRecord.Heartbeat(chain(2), "o", "etcd")),
                new SinkRecord("topic", 0, null, "/a", null, "text", 13),
                new SinkRecord("topic", 0, null, "/a", null, null, 14),
                new SinkRecord("topic", 0, null, "/a", null, Map.of("source", Map.of("lsn", 1L)), 15),
                new SinkRecord(
                        "topic", 0, null, "/a", null, Map.of("kind", "change", "number", 1L, "origin", "o"), 16));
        always.forEach(record -> {
            assertThat(filter.apply(record)).isSameAs(record);
            assertThat(filter.apply(asMap(record)).value())
                    .isEqualTo(asMap(record).value());
        });
        SinkRecord stale = at(20, new EtcdRecord.Unrepresentable(chain(3), "/a", old, 0, 0, "not UTF-8"));
        assertThat(filter.apply(stale)).isNotSameAs(stale);
    }

    /** The sink kept nothing of the first delivery. Without the second delivery the record would be lost. */
    @Test
    void aRecordDeliveredAgainAfterAFailedPutPasses() {
        RevisionFilter<SinkRecord> filter = filter();
        List<SinkRecord> batch =
                List.of(at(10, event("/a", 5, 1)), at(11, event("/a", 6, 2)), at(12, change("/b", 7, 1)));
        for (int delivery = 0; delivery < 3; delivery++) {
            batch.forEach(record -> assertThat(filter.apply(record)).isSameAs(record));
        }
        assertThat(filter.apply(at(13, event("/a", 6, 3)))).isNotNull().matches(r -> r.value() != null);
    }

    @Test
    void aRecordOfAnotherPartitionIsNotStale() {
        RevisionFilter<SinkRecord> filter = filter();
        filter.apply(at(0, 10, EtcdRecordCodec.encode(event("/a", 5, 1), null, 0)));
        SinkRecord moved = at(1, 11, EtcdRecordCodec.encode(event("/a", 5, 1), null, 0));
        assertThat(filter.apply(moved)).isSameAs(moved);
    }

    @Test
    void theBehaviorAppliesToStaleRecords() {
        RevisionFilter<SinkRecord> drop = filter("stale.behavior", "drop");
        drop.apply(at(1, event("/a", 5, 1)));
        assertThat(drop.apply(at(2, event("/a", 5, 2)))).isNull();

        RevisionFilter<SinkRecord> letter = filter("stale.behavior", "dead-letter");
        letter.apply(at(1, event("/a", 5, 1)));
        assertThatThrownBy(() -> letter.apply(at(2, event("/a", 5, 2))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("/a")
                .hasMessageContaining("7.5")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "keep"})
    void unknownBehaviorIsRefused(String behavior) {
        assertThatThrownBy(() -> filter("stale.behavior", behavior)).isInstanceOf(ConfigException.class);
    }

    @Test
    void mistypedSettingsAreNamed() {
        assertThat(RevisionFilter.unknownSettings(
                        List.of("type", "predicate", "stale.behavior", "stale.behaviour", "max.key", "something.else")))
                .containsExactly(
                        "Unknown setting max.key of the transform RevisionFilter, which has no effect. Did you mean max.keys?",
                        "Unknown setting something.else of the transform RevisionFilter, which has no effect.",
                        "Unknown setting stale.behaviour of the transform RevisionFilter, which has no effect. Did you mean stale.behavior?");
    }

    @Test
    void memoryIsBounded() {
        RevisionFilter<SinkRecord> filter = filter("max.keys", "2", "stale.behavior", "drop");
        filter.apply(at(1, event("/a", 5, 1)));
        filter.apply(at(2, event("/b", 5, 2)));
        assertThat(filter.apply(at(3, event("/a", 5, 3)))).isNull(); // now /a is the key that was met last
        filter.apply(at(4, event("/c", 5, 4)));
        assertThat(filter.apply(at(5, event("/a", 5, 5)))).isNull();
        assertThat(filter.apply(at(6, event("/b", 5, 6)))).isNotNull(); // forgotten
    }

    @Test
    void aSourceConnectorIsRefused() {
        RevisionFilter<SourceRecord> filter = new RevisionFilter<>();
        filter.configure(Map.of());
        assertThatThrownBy(() -> filter.apply(new SourceRecord(Map.of(), Map.of(), "t", null, "v")))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("sink");
    }

    @Test
    void theServiceLoaderFindsTheFilter() {
        assertThat(ServiceLoader.load(Transformation.class))
                .anySatisfy(found -> assertThat(found).isInstanceOf(RevisionFilter.class));
        assertThat(((Versioned) new RevisionFilter<SinkRecord>()).version()).matches("\\d+\\..*");
        assertThat(new RevisionFilter<SinkRecord>().config().names()).contains("stale.behavior", "max.keys");
    }

    /** A sink with guards of its own ends in the same state with and without the filter, for all malformed and repeated records. */
    @Property(tries = 500)
    void theFilterDoesNotChangeTheFinalStateOfASink(
            @ForAll("logs") List<Sent> log, @ForAll("attempts") List<Attempt> attempts) {
        RevisionFilter<SinkRecord> filter = filter("max.keys", "2", "stale.behavior", "drop");
        Map<String, Long> applied = new TreeMap<>();
        int position = 0;
        List<Attempt> all = new ArrayList<>(attempts);
        all.add(new Attempt(log.size(), false));
        for (Attempt attempt : all) {
            int end = Math.min(log.size(), position + attempt.records());
            Map<String, Long> batch = new TreeMap<>();
            for (int offset = position; offset < end; offset++) {
                Sent sent = log.get(offset);
                SinkRecord record = asMap(at(offset, event(sent.key(), sent.revision(), offset)));
                if (sent.isMalformed()) {
                    ((Map<?, ?>) ((Map<?, ?>) record.value()).get("after")).remove("value");
                }
                if (filter.apply(record) != null && !sent.isMalformed()) {
                    batch.merge(sent.key(), sent.revision(), Math::max);
                }
            }
            if (!attempt.fails()) {
                batch.forEach((key, revision) -> applied.merge(key, revision, Math::max));
                position = end;
            }
        }
        Map<String, Long> expected = new TreeMap<>();
        log.stream()
                .filter(sent -> !sent.isMalformed())
                .forEach(sent -> expected.merge(sent.key(), sent.revision(), Math::max));
        assertThat(applied).isEqualTo(expected);
    }

    record Sent(String key, long revision, boolean isMalformed) {}

    record Attempt(int records, boolean fails) {}

    @Provide
    Arbitrary<List<Sent>> logs() {
        return Combinators.combine(
                        Arbitraries.of("/a", "/b", "/c"),
                        Arbitraries.longs().between(1, 6),
                        Arbitraries.of(false, false, false, true))
                .as(Sent::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(25);
    }

    @Provide
    Arbitrary<List<Attempt>> attempts() {
        return Combinators.combine(Arbitraries.integers().between(1, 8), Arbitraries.of(true, false))
                .as(Attempt::new)
                .list()
                .ofMaxSize(12);
    }

    @Test
    void bytesPass() {
        SinkRecord bytes = new SinkRecord("t", 0, null, "/a", null, "x".getBytes(StandardCharsets.UTF_8), 1);
        assertThat(filter().apply(bytes)).isSameAs(bytes);
    }
}
