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
 * A round of {@code ./sandbox chaos} for each of a few seeds, on one stack with two workers. Together they draw every fault there is
 * (ShortRoundsTest). The seed fixes the faults and what is written; what the machine makes of it differs each time, and the judgement holds all the same.
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
        assumeTrue(held, "an earlier seed did not hold, and its stack is as that left it");
        boolean holds = false;
        try {
            holds = RUN.run(seed, ONE_ROUND, ShortRounds.FAULTS);
        } finally {
            held &= holds;
        }

        assertThat(holds).as("see above and " + FOLDER).isTrue();
    }

    /** Data and logs of what did not hold are kept. */
    @AfterAll
    static void down() {
        if (held) {
            RUN.close();
        } else {
            RUN.kill();
        }
    }
}
