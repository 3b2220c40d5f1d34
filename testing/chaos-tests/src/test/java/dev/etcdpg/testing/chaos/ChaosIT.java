package dev.etcdpg.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs a round of {@code ./sandbox chaos} for each of a few seeds, on one stack with two workers. Together the seeds draw every kind of fault
 * (ShortRoundsTest). A seed decides the faults and the writes. Their times differ in each run, and the checks must pass in each run.
 */
class ChaosIT {
    private static final Duration ONE_ROUND = Duration.ZERO;
    private static final Path FOLDER =
            Path.of("target", "chaos-" + ProcessHandle.current().pid()).toAbsolutePath();

    private static final ChaosRun RUN = new ChaosRun(FOLDER, System.out);
    private static boolean held = true;

    @BeforeAll
    static void up() throws InterruptedException {
        RUN.up();
    }

    static List<Long> seeds() {
        return ShortRounds.SEEDS;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everythingHolds(long seed) throws InterruptedException {
        assumeTrue(held, "the stack keeps the failure of an earlier seed");
        boolean holds = false;
        try {
            holds = RUN.run(seed, ONE_ROUND, ShortRounds.FAULTS);
        } finally {
            held &= holds;
        }

        assertThat(holds).as("see above and " + FOLDER).isTrue();
    }

    /** Keeps data and logs of a failed run. */
    @AfterAll
    static void down() {
        if (held) {
            RUN.close();
        } else {
            RUN.kill();
        }
    }
}
