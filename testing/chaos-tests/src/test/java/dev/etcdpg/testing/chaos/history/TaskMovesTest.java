package dev.etcdpg.testing.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskMovesTest {
    private final TaskMoves moves = new TaskMoves();

    private static String starts(int second) {
        return line(
                second, "INFO [Worker clientId=x, groupId=connect] Starting task pg-sink-0 (x.DistributedHerder:2003)");
    }

    private static String stops(int second) {
        return line(second, "INFO Stopping task pg-sink-0 (x.Worker:1077)");
    }

    private static String fails(int second) {
        return line(
                second,
                "ERROR WorkerSinkTask{id=pg-sink-0} Task threw an uncaught and unrecoverable exception. x (x:251)\nx.Exception");
    }

    private static String workerStarts(int second) {
        return line(second, "INFO Worker starting (x.Worker:235)");
    }

    private static String line(int second, String rest) {
        return "[2026-11-21 18:01:%02d,094] ".formatted(second) + rest;
    }

    private void read(List<String> worker1, List<String> worker2) {
        moves.read(Map.of("connect-1", lines(worker1), "connect-2", lines(worker2)));
    }

    private static List<String> lines(List<String> entries) {
        return entries.stream().flatMap(String::lines).toList();
    }

    @Test
    void aTaskThatIsRestartedDoesNotMove() {
        read(List.of(starts(1), stops(2), starts(3), fails(4), starts(5)), List.of());
        assertThat(moves.moved()).isZero();
        assertThat(moves.zombies()).isZero();
    }

    @Test
    void aTaskIsGivenAway() {
        read(List.of(starts(1), stops(2)), List.of(starts(3)));
        assertThat(moves.moved()).isEqualTo(1);
        assertThat(moves.zombies()).isZero();
    }

    @Test
    void aZombieIsStoppedWhenItWakesUp() {
        read(List.of(starts(1), stops(9)), List.of(starts(5)));
        assertThat(moves.moved()).isEqualTo(1);
        assertThat(moves.zombies()).isEqualTo(1);
    }

    @Test
    void aZombieIsFencedWhenItWakesUp() {
        read(List.of(starts(1)), List.of());
        read(List.of(fails(9)), List.of(starts(5)));
        assertThat(moves.zombies()).isEqualTo(1);
    }

    @Test
    void aWorkerThatWasKilledHasNoZombies() {
        read(List.of(starts(1), workerStarts(7), starts(9), stops(11)), List.of(starts(5), stops(8)));
        assertThat(moves.moved()).isEqualTo(2);
        assertThat(moves.zombies()).isZero();
    }

    @Test
    void itIsAZombieOnce() {
        read(List.of(starts(1), fails(9), stops(10)), List.of(starts(5), stops(12)));
        assertThat(moves.zombies()).isEqualTo(1);
    }
}
