package dev.etcdpg.pg.sink.apply;

import java.util.Set;

/** How a batch of keys ended. */
sealed interface BatchResult permits BatchResult.Applied, Obstacle {

    /**
     * The batch is applied.
     *
     * @param deferred keys whose rows another transaction has locked: nothing was done for them
     */
    record Applied(Set<String> deferred) implements BatchResult {}
}
