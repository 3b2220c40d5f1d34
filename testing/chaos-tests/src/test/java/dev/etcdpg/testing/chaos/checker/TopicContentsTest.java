package dev.etcdpg.testing.chaos.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.chaos.history.Lost;
import dev.etcdpg.testing.stack.Stack;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicContentsTest {
    private final TopicContents contents = new TopicContents();

    private String add(String topic, String json) {
        return contents.add(new ConsumerRecord<>(topic, 0, 17, bytes("\"/k\""), bytes(json.replace('\'', '"'))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatShouldBeThereIsNoFailure() {
        assertThat(add(Stack.ETCD_TOPIC, "{'after': {'key': '/k'}, 'source': {'revision': 5, 'snapshot_revision': 0}}"))
                .isEqualTo("etcd topic: event");
        assertThat(add(Stack.PG_TOPIC, "{'kind': 'change', 'number': 1}")).isEqualTo("PostgreSQL topic: change");
        assertThat(add(Stack.PG_TOPIC, "{'kind': 'probe', 'number': 2}")).isEqualTo("PostgreSQL topic: probe");
        assertThat(contents.failures()).isEmpty();
        assertThat(contents.kinds())
                .containsEntry("etcd topic: event", 1L)
                .containsEntry("PostgreSQL topic: probe", 1L)
                .hasSize(3);
    }

    @Test
    void aHeartbeatIsNotHeard() {
        assertThat(add(Stack.PG_TOPIC, "{'kind': 'heartbeat'}")).isEmpty();
        assertThat(add(Stack.ETCD_TOPIC, "{'kind': 'heartbeat'}")).isEmpty();
        assertThat(contents.kinds()).isEmpty();
    }

    @Test
    void aDeadLetterIsAFailure() {
        ConsumerRecord<byte[], byte[]> letter =
                new ConsumerRecord<>("etcd-pg.pg-sink.dlq", 0, 0, bytes("\"/k\""), bytes("not even JSON"));
        letter.headers().add("etcdpg.reason", bytes("too long"));
        assertThat(contents.add(letter)).isEqualTo("dead letters");
        assertThat(contents.failures())
                .containsExactly("an unexpected dead letter in etcd-pg.pg-sink.dlq for key \"/k\": too long");
    }

    @Test
    void aDeadLetterNeedsNothing() {
        contents.add(new ConsumerRecord<>("etcd.dlq", 0, 0, null, null));
        assertThat(contents.failures()).singleElement().asString().contains("etcd.dlq");
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "new_epoch"})
    void whatNobodyHasAReasonToAskForIsAFailure(String kind) {
        add(Stack.PG_TOPIC, "{'kind': '" + kind + "', 'number': 41, 'reason': 'a gap'}");
        assertThat(contents.failures())
                .singleElement()
                .asString()
                .contains("a " + kind + " was sent", "number 41", "a gap");
    }

    @Test
    void aConflictIsReadAsItIs() {
        add(
                Stack.CONFLICTS_TOPIC,
                "{'key': '/k', 'change_id': 7, 'value': null, 'base_revision': 3, 'won_epoch': 1, 'won_revision': 9,"
                        + " 'reason': 'changed', 'applied_late': true}");
        assertThat(contents.conflicts()).containsExactly(new Lost("/k", 7, null, null, 3, 1, 9, "changed", true));
        assertThat(contents.failures()).isEmpty();
    }

    @Test
    void aSnapshotIsUnderWayUntilItsEnd() {
        assertThat(add(Stack.ETCD_TOPIC, "{'kind': 'manifest', 'revision': 8, 'after': '', 'through': ''}"))
                .isEqualTo("etcd topic: manifest");
        assertThat(contents.delivered().isSnapshotUnderWay()).isTrue();
        add(Stack.ETCD_TOPIC, "{'kind': 'end', 'revision': 8}");
        assertThat(contents.delivered().isSnapshotUnderWay()).isFalse();
    }
}
