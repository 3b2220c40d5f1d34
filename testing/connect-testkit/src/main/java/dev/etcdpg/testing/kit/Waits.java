package dev.etcdpg.testing.kit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Awaitility with the defaults of this project: conditions are looked at every 20 ms, for up to 60 seconds. */
public final class Waits {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private Waits() {}

    /** @param condition a description, for the message of a timeout */
    public static ConditionFactory await(String condition) {
        return Awaitility.await(condition).pollInterval(POLL_INTERVAL).atMost(AT_MOST);
    }
}
