package dev.etcdpg.core.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class DeadLetterSizeTest {

    private static final JsonConverter CONVERTER = new JsonConverter();

    static {
        CONVERTER.configure(Map.of("schemas.enable", "true"), false);
    }

    private static int json(Schema schema, Object value) {
        return CONVERTER.fromConnectData("t", schema, value).length;
    }

    private static long size(Schema schema, Object value) {
        return DeadLetterSize.of(new SinkRecord("t", 0, null, null, schema, value, 5));
    }

    @Property
    void theEstimateOfATextIsNotTooSmall(@ForAll String text) {
        assertThat(size(Schema.STRING_SCHEMA, text) - DeadLetterSize.FRAME)
                .isGreaterThanOrEqualTo(json(null, text) - 32);
    }

    @Property(tries = 200)
    void theEstimateOfAStructOrMapIsNotTooSmall(
            @ForAll String text, @ForAll long number, @ForAll byte[] bytes, @ForAll @Size(max = 20) List<String> list) {
        Schema schema = SchemaBuilder.struct()
                .field("text", Schema.STRING_SCHEMA)
                .field("number", Schema.INT64_SCHEMA)
                .field("none", Schema.OPTIONAL_STRING_SCHEMA)
                .field("bytes", Schema.BYTES_SCHEMA)
                .field("list", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
                .build();
        Struct struct = new Struct(schema)
                .put("text", text)
                .put("number", number)
                .put("bytes", bytes)
                .put("list", list);
        assertThat(size(schema, struct)).isGreaterThanOrEqualTo(json(schema, struct));
        Map<String, Object> map = new HashMap<>();
        map.put("text", text);
        map.put("number", number);
        map.put("none", null);
        map.put("list", list);
        assertThat(size(null, map)).isGreaterThanOrEqualTo(json(null, map));
    }

    @Test
    void theEstimateOfALargeRecordIsNotMuchTooLarge() {
        String text = "ä\"x".repeat(300_000);
        assertThat(size(Schema.STRING_SCHEMA, text)).isBetween(1_500_000L, 1_540_000L);
        assertThat(size(Schema.BYTES_SCHEMA, new byte[900_000])).isBetween(1_200_000L, 1_240_000L);
    }

    private static DeadLetterConfig config(Map<String, String> settings) {
        return DeadLetterConfig.of(new AbstractConfig(DeadLetterConfig.define(new ConfigDef()), settings, false));
    }

    @Test
    void theSmallerLimitApplies() {
        assertThat(config(Map.of())).isEqualTo(new DeadLetterConfig("", 1_048_576));
        assertThat(config(Map.of("producer.override.max.request.size", "16777216"))
                        .maxBytes())
                .as("without the name of a topic")
                .isEqualTo(1_048_576);
        assertThat(config(Map.of("producer.override.max.request.size", " 500000 "))
                        .maxBytes())
                .isEqualTo(500_000);
        assertThat(config(Map.of(
                        "errors.deadletterqueue.topic.name",
                        "letters",
                        "producer.override.max.request.size",
                        "16777216",
                        "dead.letter.max.bytes",
                        "8388608")))
                .isEqualTo(new DeadLetterConfig("letters", 8_388_608));
    }
}
