package dev.etcdpg.testing.chaos.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EnoughTest {
    private static final Duration ROUND = Duration.ofSeconds(20);

    @Test
    void anOrdinaryRoundIsEnough() {
        assertThat(new Enough(ROUND, 8, 6, 4_000, 2_500, 4_000, 1_500).check()).isEmpty();
    }

    @Test
    void theLeastIsEnough() {
        assertThat(new Enough(ROUND, 7, 3, 100, 10, 100, 20).check()).isEmpty();
    }

    @Test
    void nothingIsTooLittle() {
        assertThat(new Enough(ROUND, 7, 0, 0, 0, 0, 0).check()).hasSize(5);
    }

    @Test
    void eachIsMissed() {
        assertThat(new Enough(ROUND, 7, 2, 100, 10, 100, 20).check())
                .singleElement()
                .asString()
                .contains("of 7 faults");
        assertThat(new Enough(ROUND, 7, 3, 99, 10, 100, 20).check())
                .singleElement()
                .asString()
                .contains("committed");
        assertThat(new Enough(ROUND, 7, 3, 200, 19, 100, 20).check())
                .singleElement()
                .asString()
                .contains("not lose");
        assertThat(new Enough(ROUND, 7, 3, 100, 10, 99, 20).check())
                .singleElement()
                .asString()
                .contains("writers");
        assertThat(new Enough(ROUND, 7, 3, 100, 10, 100, 19).check())
                .singleElement()
                .asString()
                .contains("from PostgreSQL");
    }

    @Test
    void ofALongRunTasksMove() {
        Duration minutes = Duration.ofMinutes(2);
        assertThat(Enough.ofRun(minutes, 1)).isEmpty();
        assertThat(Enough.ofRun(minutes, 0)).singleElement().asString().contains("only 0 tasks moved");
        assertThat(Enough.ofRun(ROUND, 0)).isEmpty();
    }
}
