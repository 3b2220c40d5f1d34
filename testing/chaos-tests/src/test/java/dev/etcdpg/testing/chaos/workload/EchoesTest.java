package dev.etcdpg.testing.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EchoesTest {

    private final Echoes echoes = new Echoes();

    @Test
    void theNewestIsWrittenOnce() {
        echoes.offer("/a", "1");
        echoes.offer("/b", "2");
        assertThat(echoes.poll()).isEqualTo(new Echoes.Pair("/b", "2"));
        assertThat(echoes.poll()).isEqualTo(new Echoes.Pair("/a", "1"));
        assertThat(echoes.poll()).isNull();
    }

    /** Without this rule, a conflict of the previous round was marked as applied late, and its new record counted as one too many. */
    @Test
    void whatIsForgottenIsNotWrittenInTheNextRound() {
        echoes.offer("/a", "1");
        echoes.clear();
        assertThat(echoes.poll()).isNull();
    }
}
