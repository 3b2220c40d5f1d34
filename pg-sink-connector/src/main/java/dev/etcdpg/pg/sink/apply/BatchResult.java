package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.sink.metrics.KeyResults;
import java.util.Set;

/** The result of a batch of keys. */
sealed interface BatchResult permits BatchResult.Applied, Obstacle {

    /**
     * The batch is applied.
     *
     * @param deferred keys for which nothing was done, because another transaction has locked their rows
     * @param results what was decided about the other keys
     */
    record Applied(Set<String> deferred, KeyResults results) implements BatchResult {}
}
