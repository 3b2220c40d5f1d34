package dev.etcdpg.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From every content of a topic the codecs make a sound record, or they throw a DataException without a value. */
class CodecFuzzTest {

    private static final String SECRET = "s3cr3t";
    private static final List<Object> ODD = odd();
    private static final JsonConverter CONVERTER = converter();
    private static final List<SchemaAndValue> ENCODED = encoded();

    @Property(tries = 2_000)
    void arbitraryBytesAreReadOrRefused(@ForAll byte[] bytes) {
        readOrRefuse(bytes);
    }

    @Property(tries = 2_000)
    void recordsWithChangedBytesAreReadOrRefused(
            @ForAll("whichRecord") int which, @ForAll int at, @ForAll byte[] with) {
        byte[] json = bytes(ENCODED.get(which));
        byte[] changed = json.clone();
        int from = Math.floorMod(at, json.length);
        System.arraycopy(with, 0, changed, from, Math.min(with.length, json.length - from));
        readOrRefuse(changed);
    }

    @Property(tries = 5_000)
    void recordsWithOddFieldsAreSoundOrRefused(
            @ForAll("whichRecord") int which, @ForAll int first, @ForAll int second, @ForAll("oddValue") Object with) {
        Map<String, Object> record = fields(ENCODED.get(which));
        replace(record, first, with);
        replace(record, second, with);
        decode(record, EtcdRecordCodec::decode).ifPresent(CodecFuzzTest::assertSound);
        decode(record, PgRecordCodec::decode).ifPresent(CodecFuzzTest::assertSound);
        assertThatCode(() -> PgRecordCodec.isSend(record)).doesNotThrowAnyException();
    }

    /** Without these checks a missing bound would mean "all keys", and a missing value would mean "deleted". */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "after",
                "through",
                "keys",
                "source",
                "range_after",
                "range_through",
                "partitions",
                "number",
                "previous",
                "prefix",
                "name",
                "cluster_id"
            })
    void aFieldThatLimitsARecordMustNotBeMissing(String field) {
        for (SchemaAndValue encoded : ENCODED) {
            Map<String, Object> record = fields(encoded);
            boolean isSend = PgRecordCodec.isSend(record);
            boolean isDelete = "d".equals(record.get("op")) || "new_epoch".equals(record.get("kind"));
            if (record.get(field) != null && !isDelete) {
                record.remove(field);
                assertThatThrownBy(() -> decoded(isSend, record))
                        .as("%s of %s", field, record)
                        .isInstanceOf(DataException.class);
            }
        }
    }

    private static Object decoded(boolean isSend, Object record) {
        return isSend ? PgRecordCodec.decode(record) : EtcdRecordCodec.decode(record);
    }

    @Provide
    Arbitrary<Integer> whichRecord() {
        return Arbitraries.integers().between(0, ENCODED.size() - 1);
    }

    @Provide
    Arbitrary<Object> oddValue() {
        return Arbitraries.of(ODD);
    }

    private static List<Object> odd() {
        List<Object> odd = new ArrayList<>(List.of(
                "",
                SECRET,
                "a\0b",
                "/a/\ud800",
                "\udc00/a",
                "/a/\ud83d\ude00",
                "put",
                "delete",
                "change",
                "x/../y",
                "/" + "k".repeat(5_000),
                -1L,
                0L,
                1L,
                4L,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                Integer.MAX_VALUE + 1L,
                4_294_967_296L,
                0.5,
                Double.NaN,
                true,
                List.of(),
                List.of(SECRET),
                List.of("/a/\ud800"),
                List.of(1L)));
        odd.add(java.util.Arrays.asList("/a/x", null));
        odd.add(Map.of());
        odd.add(Map.of("key", SECRET, "value", SECRET));
        odd.add(new byte[] {1});
        odd.add(new Object());
        odd.add(null);
        return odd;
    }

    private static List<SchemaAndValue> encoded() {
        return Stream.concat(
                        CodecTest.etcdRecords().map(record -> EtcdRecordCodec.encode(record, null, 1)),
                        CodecTest.pgRecords().map(PgRecordCodec::encode))
                .toList();
    }

    private static void readOrRefuse(byte[] json) {
        Object value;
        try {
            value = CONVERTER.toConnectData("t", json).value();
        } catch (DataException e) {
            return; // the converter of the worker refuses the record
        }
        decode(value, EtcdRecordCodec::decode).ifPresent(CodecFuzzTest::assertSound);
        decode(value, PgRecordCodec::decode).ifPresent(CodecFuzzTest::assertSound);
    }

    private static <T> java.util.Optional<T> decode(Object value, Function<Object, T> codec) {
        try {
            return java.util.Optional.of(codec.apply(value));
        } catch (DataException e) {
            assertThat(e.getMessage()).doesNotContain(SECRET).hasSizeLessThan(200);
            return java.util.Optional.empty();
        }
    }

    private static void assertSound(EtcdRecord record) {
        assertSound(record.chain());
        assertText(record.key());
        if (record instanceof EtcdRecord.Event event && event.after() != null) {
            assertText(event.after().value());
        } else if (record instanceof EtcdRecord.Manifest manifest) {
            manifest.keys().forEach(CodecFuzzTest::assertText);
            assertText(manifest.page().after());
            assertText(manifest.page().through());
            assertThat(manifest.partitions()).isPositive();
        } else if (record instanceof EtcdRecord.End end) {
            assertBounds(end.range());
            assertThat(end.partitions()).isPositive();
        }
        assertThatCode(() -> EtcdRecordCodec.encode(record, null, 1)).doesNotThrowAnyException();
    }

    private static void assertSound(PgRecord record) {
        assertSound(record.chain());
        assertText(record.key());
        assertThat(record.key()).isNotEqualTo("");
        assertThat(record.origin()).isNotEmpty().doesNotContain("/");
        if (record instanceof PgRecord.Change change) {
            assertText(change.value());
            assertThat(change.base().epoch()).isNotNegative();
            assertThat(change.base().revision()).isNotNegative();
        }
        assertThatCode(() -> PgRecordCodec.encode(record)).doesNotThrowAnyException();
    }

    /** A number above the bound would make all later records of the sender look old. */
    private static void assertSound(Chain chain) {
        assertThat(chain.previous()).isBetween(0L, chain.number());
        assertThat(chain.number()).isLessThan(Long.MAX_VALUE / 1_000);
        assertBounds(chain.range());
    }

    private static void assertBounds(KeyRange range) {
        for (String bound : List.of(range.after(), range.through())) {
            assertText(bound);
            assertThat(bound.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(KeyRange.MAX_BOUND_BYTES);
        }
    }

    private static void assertText(String text) {
        if (text != null) {
            assertThat(text.indexOf(0)).isNegative();
            assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .isEqualTo(text);
        }
    }

    /** Replaces a field of the record or of a structure in the record. */
    private static void replace(Map<String, Object> record, int field, Object with) {
        List<Runnable> places = new ArrayList<>();
        places(record, with, places);
        places.get(Math.floorMod(field, places.size())).run();
    }

    @SuppressWarnings("unchecked")
    private static void places(Map<String, Object> of, Object with, List<Runnable> places) {
        for (Map.Entry<String, Object> entry : of.entrySet()) {
            places.add(() -> of.put(entry.getKey(), with));
            if (entry.getValue() instanceof Map<?, ?> inner && inner instanceof HashMap) {
                places((Map<String, Object>) inner, with, places);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> fields(SchemaAndValue record) {
        return (Map<String, Object>) CONVERTER.toConnectData("t", bytes(record)).value();
    }

    private static byte[] bytes(SchemaAndValue record) {
        return CONVERTER.fromConnectData("t", record.schema(), record.value());
    }

    private static JsonConverter converter() {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", false), false);
        return converter;
    }
}
