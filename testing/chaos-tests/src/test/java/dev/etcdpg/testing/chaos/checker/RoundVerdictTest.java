package dev.etcdpg.testing.chaos.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.chaos.history.TaskFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundVerdictTest {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Duration AT_MOST = Duration.ofSeconds(600);
    private static final TaskFailure BY_KAFKA =
            new TaskFailure("etcd-source", 0, "org.apache.kafka.common.errors.ProducerFencedException: fenced");
    private static final TaskFailure OF_A_SINK =
            new TaskFailure("pg-sink", 1, "org.apache.kafka.common.errors.ProducerFencedException: fenced");

    private final RoundVerdict verdict = new RoundVerdict();

    private Findings report() {
        return verdict.report(Duration.ZERO, Duration.ZERO);
    }

    @Test
    void whatIsAsItShouldBeHolds() {
        verdict.settled(List.of(), AT_MOST, PATIENCE, AT_MOST);
        verdict.unsettled(List.of());
        verdict.tasks(List.of(BY_KAFKA, BY_KAFKA));
        verdict.epoch("1", "1");
        verdict.add(List.of());
        assertThat(verdict.holds()).isTrue();
        assertThat(report().holds()).isTrue();
        assertThat(report().counts()).containsEntry("tasks failed by Kafka", 2L);
    }

    @Test
    void whatDoesNotSettleIsAFailure() {
        verdict.settled(List.of("3 changes are pending"), PATIENCE, PATIENCE, AT_MOST);
        assertThat(report().failures()).singleElement().asString().contains("not settled", "3 changes are pending");
    }

    @Test
    void whatSettlesLateIsAFailure() {
        verdict.settled(List.of(), AT_MOST.plusMillis(1), PATIENCE, AT_MOST);
        assertThat(report().failures()).singleElement().asString().contains("settled only");
    }

    @Test
    void whatDoesNotStaySettledIsAFailure() {
        verdict.unsettled(List.of("2 keys differ"));
        assertThat(report().failures()).containsExactly("after it had settled: 2 keys differ");
    }

    @Test
    void aTaskThatKafkaHasNotFailedIsAFailure() {
        verdict.tasks(List.of(BY_KAFKA, OF_A_SINK));
        assertThat(report().failures()).containsExactly(OF_A_SINK.toString());
    }

    @Test
    void aNewEpochIsAFailure() {
        verdict.epoch("1", "2");
        assertThat(report().failures()).singleElement().asString().contains("a new epoch began", "2 after 1");
    }

    @Test
    void anEpochThatIsGoneIsAFailure() {
        verdict.epoch("1", "none");
        assertThat(verdict.holds()).isFalse();
    }

    @Test
    void whatOthersFoundIsAFailure() {
        verdict.add(List.of("an unexpected dead letter"));
        assertThat(verdict.holds()).isFalse();
        assertThat(report().failures()).containsExactly("an unexpected dead letter");
    }
}
