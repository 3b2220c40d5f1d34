package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.sink.store.KeySnapshot;
import dev.etcdpg.pg.sink.store.WalStore;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows that a trigger of the application has written while the sink wrote others. The trigger's write is a local change that was not
 * known when the sink decided about the row. If the sink wrote that row now, the change would vanish without an outcome.
 */
final class TriggerWriteGuard {

    private final WalStore wal;
    private final Map<String, KeySnapshot> known;

    /** @param known state on which the sink based its decision */
    TriggerWriteGuard(WalStore wal, Map<String, KeySnapshot> known) {
        this.wal = wal;
        this.known = known;
    }

    /**
     * Checks rows that are written next. Returns null if no trigger has written them. Otherwise the sink decides about the keys one by one, or
     * later.
     */
    @Nullable
    Obstacle check(Collection<String> keys) throws SQLException {
        if (keys.isEmpty()
                || wal.keysWrittenByTriggers(keys, key -> Objects.requireNonNull(known.get(key))
                                .state()
                                .lastWal())
                        .isEmpty()) {
            return null;
        }
        return new Obstacle.RowLocked("a trigger of the application has just written a row that the sink writes next");
    }
}
