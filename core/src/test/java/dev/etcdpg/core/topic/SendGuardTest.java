package dev.etcdpg.core.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.config.KafkaConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without an address of Kafka, so that only the time counts. */
class SendGuardTest {

    private long now;
    private final SendGuard guard = new SendGuard(
            Duration.ofSeconds(60),
            new SourceTopics(new AbstractConfig(KafkaConfig.define(new ConfigDef()), Map.of(), false), () -> now),
            () -> now);

    private static SourceRecord record(int partition) {
        return new SourceRecord(Map.of(), Map.of(), "t", partition, null, null, null, "v");
    }

    private void pass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
        guard.watch();
    }

    private void poll(SourceRecord... records) {
        guard.pollBegins();
        guard.pollEnds(List.of(records));
    }

    @Test
    void recordsThatAreNotAcknowledgedFailTheNextPoll() {
        guard.pollBegins();
        guard.pollEnds(List.of(record(0), record(3)));
        guard.pollBegins();
        pass(59);
        assertThatCode(guard::pollBegins).doesNotThrowAnyException();
        pass(21);
        assertThatThrownBy(guard::pollBegins)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("t-0, t-3")
                .hasMessageContaining("send.timeout.ms");
    }

    @Test
    void eachAcknowledgementIsProgress() {
        SourceRecord first = record(0);
        SourceRecord second = record(0);
        poll(first, second);
        pass(59);
        guard.acknowledged(first, null);
        pass(59);
        guard.acknowledged(second, null);
        pass(600);
        poll();
        poll(first);
        pass(59);
        assertThatCode(guard::pollBegins).doesNotThrowAnyException();
    }

    /** Two records can be equal; each must be acknowledged. */
    @Test
    void equalRecordsAreCountedOneByOne() {
        SourceRecord one = record(0);
        poll(one, record(0));
        guard.acknowledged(one, null);
        pass(80);
        assertThatThrownBy(guard::pollBegins).isInstanceOf(ConnectException.class);
    }

    @Test
    void aTaskThatDoesNotComeBackIsInterrupted() {
        poll(record(0));
        pass(80);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThatThrownBy(guard::pollBegins).isInstanceOf(ConnectException.class);
        assertThat(Thread.currentThread().isInterrupted())
                .as("after the failure")
                .isFalse();
    }

    @Test
    void aTaskThatPollsIsNotInterrupted() {
        poll(record(0));
        guard.pollBegins();
        pass(80);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void withoutRecordsNothingIsLate() {
        poll();
        pass(10_000);
        assertThatCode(guard::pollBegins).doesNotThrowAnyException();
    }

    /** A transform has changed the topic or the partition. The sinks would wait for ever. */
    @ParameterizedTest
    @CsvSource({"other, 3", "t, 0"})
    void aRecordThatATransformSendsElsewhereIsAWarning(String topic, int partition) {
        assertThat(log(() -> guard.acknowledged(record(3), written("t", 3)))).isEmpty();
        assertThat(log(() -> guard.acknowledged(record(3), null))).isEmpty();
        assertThat(log(() -> {
                    guard.acknowledged(record(3), written(topic, partition));
                    guard.acknowledged(record(3), written(topic, partition));
                }))
                .containsOnlyOnce("A record for t-3 was written to " + topic + "-" + partition);
    }

    private static RecordMetadata written(String topic, int partition) {
        return new RecordMetadata(new TopicPartition(topic, partition), 0, 0, 0, 0, 0);
    }

    private static String log(Runnable action) {
        PrintStream err = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setErr(err);
        }
        return log.toString(StandardCharsets.UTF_8);
    }
}
