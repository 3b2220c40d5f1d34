package dev.etcdpg.testing.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ValuesTest {
    @Test
    void shortOnesAreKept() {
        assertThat(Values.shortened("x".repeat(100))).isEqualTo("x".repeat(100));
        assertThat(Values.shortened("")).isEmpty();
        assertThat(Values.shortened(null)).isNull();
    }

    @Test
    void longOnesDifferByTheirHash() {
        String one = Values.shortened("x".repeat(1_000_000));
        assertThat(one).startsWith("x".repeat(40) + "#").hasSize(105);
        assertThat(Values.shortened("x".repeat(999_999) + "y"))
                .isNotEqualTo(one)
                .startsWith("x".repeat(40));
    }

    @Test
    void sentencesShowLittle() {
        assertThat(Values.shown("x".repeat(100))).hasSizeLessThanOrEqualTo(62);
        assertThat(Values.shown(null)).isEqualTo("a deletion");
    }
}
