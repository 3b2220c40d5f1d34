package dev.etcdpg.testing.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TaskLivesTest {
    private static final String TASK = "etcd-source-0";
    private static final List<String> STARTS = List.of(
            "[15:00] INFO [Worker clientId=x, groupId=connect] Starting task etcd-source-0 (x.DistributedHerder:2003)");
    private static final List<String> STOPS = List.of("[15:00] INFO Stopping task etcd-source-0 (x.Worker:1077)");
    private static final List<String> FAILS = List.of(
            "[15:00] ERROR ExactlyOnceWorkerSourceTask{id=etcd-source-0} Task threw an uncaught and unrecoverable exception. x (x:251)",
            "org.apache.kafka.connect.errors.ConnectException: no",
            "Caused by: org.apache.kafka.common.errors.ProducerFencedException: fenced");

    private final TaskLives lives = new TaskLives();

    @Test
    void aTaskThatNoWorkerRunsIsDead() {
        lives.read("1", STARTS);
        lives.read("2", STARTS);
        lives.read("1", FAILS);
        assertThat(lives.dead()).isEmpty();
        lives.read("2", STOPS);
        lives.read("1", FAILS);
        assertThat(lives.dead()).extracting(TaskFailure::name).containsExactly(TASK);
        lives.restarted(lives.dead().get(0));
        assertThat(lives.dead()).isEmpty();
    }

    @Test
    void itLivesAgainWhereItIsStarted() {
        lives.read("1", STARTS);
        lives.read("1", FAILS);
        assertThat(lives.dead()).hasSize(1);
        lives.read("2", STARTS);
        assertThat(lives.dead()).isEmpty();
    }

    @Test
    void nothingRunsOnAWorkerThatWasKilled() {
        lives.read("2", STARTS);
        lives.read("2", List.of("[15:01] INFO Worker starting (x.Worker:1)"));
        lives.read("1", FAILS);
        assertThat(lives.dead()).hasSize(1);
    }

    @Test
    void onlyWhatKafkaFailed() {
        lives.read("1", List.of(FAILS.get(0), "java.lang.IllegalStateException"));
        assertThat(lives.dead()).isEmpty();
    }
}
