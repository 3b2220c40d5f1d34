package dev.etcdpg.testing.chaos.checker;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Whether nothing comes any more, once both sides are equal and what is still on its way has had time to come. */
public final class TopicSilence {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int LOOKS_FOR_A_SNAPSHOT = 120;

    /** Longer than the longest interval at which a connector looks for something to do. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    /** By then the last answers and conflicts are through. */
    private static final int TRIES_OF_QUIET = 5;

    /** What is to be listened to. */
    interface Ear {
        /** Records by kind, heartbeats aside, that came since the last time and come in the meantime. */
        Map<String, Long> heardWithin(Duration time) throws InterruptedException;

        boolean isSnapshotUnderWay();
    }

    private TopicSilence() {}

    /** Gives what was heard instead of a silence of that length; there is no second try. */
    static List<String> await(Ear ear, Duration length) throws InterruptedException {
        ear.heardWithin(Duration.ZERO);
        // Both sides may be equal long before a snapshot has come to its end.
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
