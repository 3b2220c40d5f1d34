package dev.etcdpg.testing.chaos.checker;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Checks that no further records appear once both sides are equal and records in flight have had time to arrive. */
public final class TopicSilence {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int LOOKS_FOR_A_SNAPSHOT = 120;

    /** Longer than the longest polling interval of a connector. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    /** After so many tries the last answers and conflicts have arrived. */
    private static final int TRIES_OF_QUIET = 5;

    /** The topics. */
    interface Ear {
        /** Returns records by kind, without heartbeats, from the last call until {@code time} has passed. */
        Map<String, Long> heardWithin(Duration time) throws InterruptedException;

        boolean isSnapshotUnderWay();
    }

    private TopicSilence() {}

    /** Returns the records of a period that should be silent. There is no second try. */
    static List<String> await(Ear ear, Duration length) throws InterruptedException {
        ear.heardWithin(Duration.ZERO);
        // Both sides can be equal long before a snapshot ends.
        for (int i = 0; ear.isSnapshotUnderWay() && i < LOOKS_FOR_A_SNAPSHOT; i++) {
            ear.heardWithin(LOOK);
        }
        Map<String, Long> heard = ear.heardWithin(QUIET);
        for (int i = 1; !heard.isEmpty(); i++) {
            if (i == TRIES_OF_QUIET) {
                return List.of("both sides are equal, and in the topics there is " + heard + " all the same");
            }
            heard = ear.heardWithin(QUIET);
        }
        heard = ear.heardWithin(length);
        return heard.isEmpty() ? List.of() : List.of("after it had settled and been quiet there came " + heard);
    }
}
