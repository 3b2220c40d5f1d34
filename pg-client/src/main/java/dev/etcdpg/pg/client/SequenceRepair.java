package dev.etcdpg.pg.client;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.slf4j.Logger;

/**
 * Result of {@code etcd_repair_sequences()}, which a connector calls at its start, before any change is judged.
 *
 * @param raised number of sequences that were behind the ids in the tables
 * @param renumbered number of keys whose changes have new ids
 */
public record SequenceRepair(long raised, long renumbered) {

    public static SequenceRepair of(ResultSet row) throws SQLException {
        return new SequenceRepair(row.getLong("raised"), row.getLong("renumbered"));
    }

    /** Logs a warning if there was something to repair. */
    public void log(Logger log) {
        if (raised > 0 || renumbered > 0) {
            log.warn(
                    "{} sequences of the bookkeeping schema were behind the ids in its tables, as after logical replication or a partial restore,"
                            + " and were raised. The changes of {} keys have new ids.",
                    raised,
                    renumbered);
        }
    }
}
