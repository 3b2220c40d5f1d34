package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MissedNotificationsTest {

    private final AtomicLong time = new AtomicLong();
    private final MissedNotifications missed = new MissedNotifications(time::get);

    private boolean found() {
        time.addAndGet(Duration.ofSeconds(2).toNanos());
        return missed.found();
    }

    @Test
    void manyInARowAreReportedOnceInTenMinutes() {
        for (int i = 1; i < MissedNotifications.MANY; i++) {
            assertThat(found()).isFalse();
        }
        assertThat(found()).isTrue();
        assertThat(found()).isFalse();
        time.addAndGet(Duration.ofMinutes(10).toNanos());
        assertThat(found()).isTrue();
    }

    @Test
    void aNotificationEndsTheRow() {
        for (int i = 0; i < 100; i++) {
            assertThat(found()).isFalse();
            if (i % 5 == 0) {
                missed.notified();
            }
        }
    }

    @Test
    void dispatchesOfOneSecondCountOnce() {
        for (int i = 0; i < 100; i++) {
            assertThat(missed.found()).isFalse();
        }
    }
}
