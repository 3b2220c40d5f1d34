package dev.etcdpg.pg.sink.apply;

import java.util.Set;

/** The result of a batch of keys. */
sealed interface BatchResult permits BatchResult.Applied, Obstacle {

    /**
     * The batch is applied.
     *
     * @param deferred keys for which nothing was done, because another transaction has locked their rows
     */
    record Applied(Set<String> deferred) implements BatchResult {}
}
