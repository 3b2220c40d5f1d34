package dev.etcdpg.etcd.source.offset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

class SourcePartitionTest {

    /** Connect finds an offset by the bytes of its partition. If the order of the fields changes, a restarted worker finds no offset. */
    @Test
    void thePartitionIsSerializedAlikeInEveryJvm() {
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("schemas.enable", false), true);
            byte[] stored =
                    converter.fromConnectData("offsets", null, SourcePartition.of("etcd", new KeyRange("a", "b")));
            assertThat(new String(stored, StandardCharsets.UTF_8))
                    .isEqualTo("{\"through\":\"b\",\"route\":\"etcd\",\"after\":\"a\"}");

            // Connect reads the partition, shows the partition in its REST API, and accepts the same partition there
            Object read = converter.toConnectData("offsets", stored).value();
            assertThat(converter.fromConnectData("offsets", null, read)).isEqualTo(stored);
        }
    }
}
