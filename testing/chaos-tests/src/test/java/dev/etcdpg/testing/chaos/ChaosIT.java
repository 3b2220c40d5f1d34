package dev.etcdpg.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.stack.StackSecurity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs a round of {@code ./sandbox chaos} for each of a few seeds, each on a stack of its own with two workers. The stack of one seed is secured.
 * Together the seeds draw every kind of fault (ShortRoundsTest). A seed decides the faults and the writes. Their times differ in each run, and
 * the checks must pass in each run.
 */
class ChaosIT {
    private static final Duration ONE_ROUND = Duration.ZERO;

    static List<Long> seeds() {
        return ShortRounds.SEEDS;
    }

    /** Keeps data and logs of a failed run. */
    @ParameterizedTest
    @MethodSource("seeds")
    void everythingHolds(long seed) throws InterruptedException {
        Path folder = Path.of("target", "chaos-" + ProcessHandle.current().pid() + "-" + seed)
                .toAbsolutePath();
        StackSecurity security = seed == ShortRounds.SECURED ? StackSecurity.secured(folder) : StackSecurity.none();
        ChaosRun run = new ChaosRun(folder, security, System.out);
        boolean holds = false;
        try {
            run.up();
            holds = run.run(seed, ONE_ROUND, ShortRounds.FAULTS);
        } finally {
            if (holds) {
                run.close();
            } else {
                run.kill();
            }
        }

        assertThat(holds).as("see above and " + folder).isTrue();
    }
}
