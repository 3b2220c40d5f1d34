package dev.etcdpg.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.servers.ServerException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StormTest {
    private final Journal journal = new Journal(new PrintStream(OutputStream.nullOutputStream()));
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Storm.Blown blow(Fault fault) throws InterruptedException {
        Step step = new Step(Duration.ZERO, Kind.KILL, "kafka", Duration.ZERO, 1);
        return new Storm(kind -> fault, journal, threads).blow(List.of(step, step));
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void countsWhatWasDone() throws InterruptedException {
        Storm.Blown blown = blow((step, say) -> say.accept("kill"));
        assertThat(blown.drawn()).isEqualTo(2);
        assertThat(blown.done()).isEqualTo(2);
        assertThat(journal.counts()).containsEntry("kill", 2L).hasSize(1);
    }

    @Test
    void whatAnotherFaultFoiledIsNotDone() throws InterruptedException {
        Storm.Blown blown = blow((step, say) -> {
            throw new SQLException("the connection is lost");
        });
        assertThat(blown.done()).isZero();
        assertThat(journal.counts()).containsEntry("could not be done", 2L).hasSize(1);
    }

    @Test
    void whatCouldNotBeHealedIsDoneAllTheSame() throws InterruptedException {
        Storm.Blown blown = blow((step, say) -> {
            say.accept("kill");
            throw new ServerException("it does not start");
        });
        assertThat(blown.done()).isEqualTo(2);
        assertThat(journal.counts()).containsEntry("kill", 2L).containsEntry("could not be healed", 2L);
    }

    @Test
    void aMistakeOfTheHarnessEndsIt() {
        assertThatThrownBy(() -> blow((step, say) -> {
                    throw new NoSuchElementException("no such server");
                }))
                .isInstanceOf(NoSuchElementException.class);
    }
}
