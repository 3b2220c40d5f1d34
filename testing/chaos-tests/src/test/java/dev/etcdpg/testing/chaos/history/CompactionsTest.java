package dev.etcdpg.testing.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompactionsTest {
    private long now = 5;

    @Test
    void onlyRecentOnesAreRememberedOverACheck() {
        Compactions compactions = new Compactions(() -> now);
        compactions.begins(10);
        now += 15_000_000_000L;
        compactions.begins(20);
        now += 10_000_000_000L;
        assertThat(compactions.revisions()).containsExactly(10L, 20L);
        compactions.forget();
        assertThat(compactions.revisions()).containsExactly(20L);
    }
}
