package dev.etcdpg.testing.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TaskFailureTest {
    private static final String FENCED =
            "org.apache.kafka.common.errors.ProducerFencedException: There is a newer producer";
    private static final String TRACE =
            """
            org.apache.kafka.connect.errors.ConnectException: Failed to flush offsets and/or records for task etcd-source-0
            \tat org.apache.kafka.connect.runtime.ExactlyOnceWorkerSourceTask.commit(ExactlyOnceWorkerSourceTask.java:355)
            Caused by: org.apache.kafka.common.KafkaException: Cannot execute transactional method
            \tat org.apache.kafka.clients.producer.internals.TransactionManager.fail(TransactionManager.java:1)
            Caused by: %s
            """;

    private static TaskFailure failure(String connector, String root) {
        return TaskFailure.of(connector, 0, TRACE.formatted(root));
    }

    @Test
    void kafkaFailsSourcesOfItsOwn() {
        assertThat(failure("etcd-source", FENCED).isByKafka()).isTrue();
        assertThat(failure("pg-notify-source", "org.apache.kafka.common.errors.InvalidProducerEpochException: old")
                        .isByKafka())
                .isTrue();
        assertThat(TaskFailure.of(
                                "etcd-source",
                                0,
                                "org.apache.kafka.connect.runtime.rest.errors.ConnectRestException: This worker is starting")
                        .isByKafka())
                .isTrue();
    }

    @Test
    void howTheLeaderWasNotReachedDoesNotMatter() {
        assertThat(TaskFailure.of(
                                "pg-notify-source",
                                0,
                                "org.apache.kafka.connect.runtime.rest.errors.ConnectRestException: IO Error trying to forward\n\tat x\n"
                                        + "Caused by: java.util.concurrent.TimeoutException: Idle timeout expired: 34120/30000 ms")
                        .isByKafka())
                .isTrue();
        assertThat(failure("pg-notify-source", "java.util.concurrent.TimeoutException: no")
                        .isByKafka())
                .isFalse();
    }

    @Test
    void aWorkerIsTooLateWithATask() {
        String trace =
                "org.apache.kafka.connect.errors.ConnectException: Cannot start source task pg-notify-source-0 with"
                        + " exactly-once support as the connector has already generated a new set of task configs\n\tat x";
        assertThat(TaskFailure.of("pg-notify-source", 0, trace).isByKafka()).isTrue();
        assertThat(TaskFailure.of("pg-sink", 0, trace).isByKafka()).isFalse();
        assertThat(TaskFailure.of("pg-notify-source", 0, "org.apache.kafka.connect.errors.ConnectException: no")
                        .isByKafka())
                .isFalse();
    }

    @Test
    void aBrokerThatIsAwayHindersTheStart() {
        assertThat(TaskFailure.of(
                                "pg-notify-source",
                                0,
                                "org.apache.kafka.connect.errors.ConnectException: Failed to read to end of config topic"
                                        + " before performing zombie fencing\n\tat x")
                        .isByKafka())
                .isTrue();
        assertThat(TaskFailure.of(
                                "etcd-source",
                                0,
                                "org.apache.kafka.connect.errors.ConnectException: Failed to perform zombie fencing\n\tat x\n"
                                        + "Caused by: org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node")
                        .isByKafka())
                .isTrue();
        assertThat(failure("etcd-source", "org.apache.kafka.common.errors.TimeoutException: no")
                        .isByKafka())
                .isFalse();
    }

    @Test
    void itDoesNotFailSinks() {
        assertThat(failure("pg-sink", FENCED).isByKafka()).isFalse();
        assertThat(failure("etcd-sink", FENCED).isByKafka()).isFalse();
    }

    @Test
    void onlyTheRootCauseCounts() {
        assertThat(failure("etcd-source", "java.lang.IllegalStateException: after a ProducerFencedException")
                        .isByKafka())
                .isFalse();
        assertThat(TaskFailure.of(
                                "etcd-source",
                                0,
                                "org.apache.kafka.common.errors.ProducerFencedException: x\n\tat y\nCaused by: java.lang.NullPointerException")
                        .isByKafka())
                .isFalse();
        assertThat(TaskFailure.of("etcd-source", 0, "").isByKafka()).isFalse();
    }

    @Test
    void aLogTellsOfFailedTasks() {
        List<String> log =
                """
                [2026-11-21 14:53:56,600] INFO all is well (x:1)
                [2026-11-21 14:53:56,619] ERROR WorkerSinkTask{id=pg-sink-1} Task threw an uncaught and unrecoverable exception. Task is (x:2)
                org.apache.kafka.connect.errors.ConnectException: no
                \tat x
                Caused by: java.lang.IllegalStateException: yes
                [2026-11-21 14:53:56,622] ERROR ExactlyOnceWorkerSourceTask{id=etcd-source-0} Task threw an uncaught and unrecoverable exception. (x:3)
                java.lang.RuntimeException
                """
                        .lines()
                        .toList();
        assertThat(TaskFailure.in(log))
                .containsExactly(
                        new TaskFailure("pg-sink", 1, "java.lang.IllegalStateException: yes"),
                        new TaskFailure("etcd-source", 0, "java.lang.RuntimeException"));
        assertThat(TaskFailure.in(log).get(0))
                .hasToString("task 1 of pg-sink failed: java.lang.IllegalStateException: yes");
    }
}
