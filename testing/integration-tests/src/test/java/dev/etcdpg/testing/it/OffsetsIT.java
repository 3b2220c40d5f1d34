package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.etcdpg.testing.servers.ServerException;
import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.Stack;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** GET, PATCH and DELETE /connectors/NAME/offsets of all four connectors. */
class OffsetsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KEYS = 200;

    private final Sides sides = Sides.shared();

    @BeforeEach
    void someKeys() {
        sides.resume(Sides.CONNECTORS.toArray(String[]::new));
        sides.etcd.putMany(KEYS, i -> key("offsets/" + i), i -> "first " + i);
        update("first");
        sides.awaitEqual();
    }

    private void update(String value) {
        sides.postgres.execute(
                "insert into etcd (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
                key("offsets/local"),
                value);
    }

    /** Returns a body for PATCH: the present offsets, with {@code fields} in place of their fields. */
    private JsonNode altered(String connector, String fields) {
        try {
            ObjectNode offsets = (ObjectNode) sides.connect().offsets(connector);
            assertThat(offsets.path("offsets")).as("offsets of " + connector).isNotEmpty();
            for (JsonNode one : offsets.path("offsets")) {
                ((ObjectNode) one).set("offset", JSON.readTree(fields));
            }
            return offsets;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theEtcdSourceReplaysFromARevision() {
        long revision = sides.etcd.put(key("offsets/1"), "replayed");
        sides.settle();
        sides.stop("etcd-source");
        Map<TopicPartition, Long> ends = sides.ends(Stack.ETCD_TOPIC);

        for (String nonsense : List.of(
                "{\"revision\": \"soon\"}",
                "{\"revision\": -5}",
                "{\"revision\": " + (revision + 1_000_000) + "}",
                "{\"colour\": 1}")) {
            assertThatThrownBy(() -> sides.connect().alterOffsets("etcd-source", altered("etcd-source", nonsense)))
                    .as(nonsense)
                    .isInstanceOf(ServerException.class);
        }
        sides.connect().alterOffsets("etcd-source", altered("etcd-source", "{\"revision\": " + (revision - 1) + "}"));
        sides.resume("etcd-source");

        sides.settle();
        assertThat(sides.events(ends)).contains("event");
    }

    @Test
    void theEtcdSourceWithoutOffsetsTakesASnapshot() {
        sides.stop("etcd-source");
        Map<TopicPartition, Long> ends = sides.ends(Stack.ETCD_TOPIC);
        sides.etcd.delete(key("offsets/3"));

        sides.connect().deleteOffsets("etcd-source");
        sides.resume("etcd-source");

        sides.settle();
        assertThat(sides.events(ends)).contains("snapshot", "end");
        assertThat(sides.postgres.all("public.etcd")).doesNotContainKey(key("offsets/3"));
    }

    @Test
    void theNotifySourceGoesOnWhateverItsOffsets() {
        sides.stop("pg-notify-source");
        update("while it is stopped");
        assertThatThrownBy(() -> sides.connect()
                        .alterOffsets("pg-notify-source", altered("pg-notify-source", "{\"number\": \"soon\"}")))
                .isInstanceOf(ServerException.class)
                .hasMessageContaining("number");
        assertThatThrownBy(() -> sides.connect()
                        .alterOffsets(
                                "pg-notify-source",
                                altered("pg-notify-source", "{\"number\": " + Long.MAX_VALUE + "}")))
                .isInstanceOf(ServerException.class)
                .hasMessageContaining("number");
        sides.connect().alterOffsets("pg-notify-source", altered("pg-notify-source", "{\"number\": 1}"));
        sides.resume("pg-notify-source");
        sides.settle();

        sides.stop("pg-notify-source");
        update("and again");
        sides.connect().deleteOffsets("pg-notify-source");
        sides.resume("pg-notify-source");
        sides.settle();
        assertThat(sides.etcd.get(key("offsets/local"))).isEqualTo("and again");
    }

    @Test
    void theSinksSkipWhatTheyHaveDoneWhenTheyAreSetBack() {
        Map<String, Entry> before = EtcdEntries.below(sides.etcd, Stack.PREFIX);
        for (String sink : List.of("pg-sink", "etcd-sink")) {
            sides.stop(sink);
            sides.connect().alterOffsets(sink, altered(sink, "{\"kafka_offset\": 0}"));
            sides.resume(sink);
            sides.settle();

            sides.stop(sink);
            assertThatThrownBy(() -> sides.connect().alterOffsets(sink, altered(sink, "{\"kafka_offset\": -1}")))
                    .as(sink)
                    .isInstanceOf(ServerException.class);
            sides.connect().deleteOffsets(sink);
            sides.resume(sink);
            sides.settle();
        }
        assertThat(EtcdEntries.below(sides.etcd, Stack.PREFIX))
                .as("nothing was written again")
                .isEqualTo(before);
    }
}
