package dev.etcdpg.pg.sink.apply;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What an application's trigger makes of rows while we write others. It is a local change, and was not known when it was decided what is
 * to become of its row: if we wrote that row now, the change would be gone without an outcome.
 */
final class TriggerWriteGuard {

    private final SinkSession session;
    private final MirroredTable table;
    private final Map<String, KeySnapshot> known;

    /** @param known what was decided on */
    TriggerWriteGuard(SinkSession session, MirroredTable table, Map<String, KeySnapshot> known) {
        this.session = session;
        this.table = table;
        this.known = known;
    }

    /**
     * @param keys whose rows are to be written next
     * @throws SQLException as if they were locked (see {@link dev.etcdpg.pg.client.SqlFaults#isWait}): then they are decided on one by
     *     one, or later
     */
    void refuse(Collection<String> keys) throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        List<String> touched = session.sql("touched")
                .texts(keys)
                .numbers(keys, key -> known.get(key).state().lastWal())
                .add(table.route().name())
                .texts();
        if (!touched.isEmpty()) {
            throw new SQLException(
                    "a trigger of the application has just written a row that is to be written", "55P03");
        }
    }
}
