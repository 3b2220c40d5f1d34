package dev.etcdpg.testing.chaos.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.chaos.history.Journal;
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

class NemesisTest {
    private final Journal journal = new Journal(new PrintStream(OutputStream.nullOutputStream()));
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Nemesis.Result inflict(Fault fault) throws InterruptedException {
        ScheduledFault step = new ScheduledFault(Duration.ZERO, FaultKind.KILL, "kafka", Duration.ZERO, 1);
        return new Nemesis(kind -> fault, journal, threads).inflict(List.of(step, step));
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void countsWhatWasDone() throws InterruptedException {
        Nemesis.Result result = inflict((step, say) -> say.accept("kill"));
        assertThat(result.drawn()).isEqualTo(2);
        assertThat(result.done()).isEqualTo(2);
        assertThat(journal.counts()).containsEntry("kill", 2L).hasSize(1);
    }

    @Test
    void whatAnotherFaultFoiledIsNotDone() throws InterruptedException {
        Nemesis.Result result = inflict((step, say) -> {
            throw new SQLException("the connection is lost");
        });
        assertThat(result.done()).isZero();
        assertThat(journal.counts()).containsEntry("could not be done", 2L).hasSize(1);
    }

    @Test
    void whatCouldNotBeHealedIsDoneAllTheSame() throws InterruptedException {
        Nemesis.Result result = inflict((step, say) -> {
            say.accept("kill");
            throw new ServerException("it does not start");
        });
        assertThat(result.done()).isEqualTo(2);
        assertThat(journal.counts()).containsEntry("kill", 2L).containsEntry("could not be healed", 2L);
    }

    @Test
    void aMistakeOfTheHarnessEndsIt() {
        assertThatThrownBy(() -> inflict((step, say) -> {
                    throw new NoSuchElementException("no such server");
                }))
                .isInstanceOf(NoSuchElementException.class);
    }
}
