package dev.etcdpg.pg.sink.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the sink keeps.
 *
 * @param history time after which a replaced entry of the history may be removed; null for never
 * @param perKey number of entries of the history that each key keeps; null for all
 * @param conflicts time after which a conflict may be removed; null for never
 */
public record Retention(@Nullable Duration history, @Nullable Long perKey, @Nullable Duration conflicts) {

    /** Returns whether old entries of the history are removed. */
    public boolean limitsHistory() {
        return history != null || perKey != null;
    }

    /** Returns whether old conflicts are removed. */
    public boolean limitsConflicts() {
        return conflicts != null;
    }
}
