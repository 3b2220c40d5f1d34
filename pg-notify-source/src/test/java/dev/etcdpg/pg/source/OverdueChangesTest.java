package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OverdueChangesTest {

    private final AtomicLong time = new AtomicLong();
    private final OverdueChanges overdue = new OverdueChanges(time::get);

    private void pass(Duration more) {
        time.addAndGet(more.toNanos());
    }

    @Test
    void aChangeThatWaitsTwoChecksIsOverdue() {
        WaitingChange first = new WaitingChange("app", "/a/1", 7);
        assertThat(overdue.isDue()).isFalse();
        pass(Duration.ofMinutes(1));
        assertThat(overdue.isDue()).isTrue();
        assertThat(overdue.check(List.of(first))).isEmpty();
        assertThat(overdue.isDue()).isFalse();
        pass(Duration.ofMinutes(1));
        assertThat(overdue.check(List.of(first))).containsExactly(first);
        assertThat(overdue.check(List.of(new WaitingChange("app", "/a/1", 8)))).isEmpty();
    }

    @Test
    void theSentenceNamesTheMissingConnectors() {
        assertThat(new WaitingChange("app", "/a/1", 7).describe()).contains("/a/1", "app", "7", "etcd sink");
        assertThat(new WaitingChange("app", null, 0).describe()).contains("app", "etcd source", "PostgreSQL sink");
    }
}
