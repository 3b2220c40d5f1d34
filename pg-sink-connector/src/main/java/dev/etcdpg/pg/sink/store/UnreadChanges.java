package dev.etcdpg.pg.sink.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Local changes of a route that have waited for more than a minute, while no notify source has worked on the database.
 *
 * @param changes number of the changes; the 50,000 oldest changes of the database are counted
 * @param age time since the oldest of them was made
 */
public record UnreadChanges(String route, long changes, Duration age) {

    /** Returns the routes with such changes. Takes one transaction. */
    public static List<UnreadChanges> of(SinkSession session, Collection<String> routes) throws SQLException {
        session.settle();
        List<UnreadChanges> found = session.sql("unread_changes")
                .texts("routes", routes)
                .list(row -> new UnreadChanges(
                        row.getString("route"), row.getLong("changes"), Duration.ofSeconds(row.getLong("age"))));
        session.rollback();
        return found;
    }

    /** Returns sentences that say what is missing, and what to do. */
    public String describe() {
        return changes + " changes of route " + route + " wait in etcd_wal, the oldest for " + age.toSeconds()
                + " s, and no notify source has worked on this database for more than a minute. Start the notify source. If one runs, its"
                + " connection.url leads to another database: compare etcd_connector there. If you mirror etcd in PostgreSQL one way only,"
                + " these changes never reach etcd: grant applications only SELECT on the table, and use existing.rows=ignore.";
    }
}
