package dev.etcdpg.pg.sink.store;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * A reason why changes of applications are not captured.
 *
 * @param sentence without a full stop
 */
public record CaptureFault(String route, String sentence) {

    /** Returns the faults of the routes. Takes one transaction. */
    public static List<CaptureFault> of(SinkSession session, Collection<String> routes) throws SQLException {
        session.settle();
        List<CaptureFault> found = session.sql("capture_faults")
                .texts("routes", routes)
                .list(row -> new CaptureFault(row.getString("route"), row.getString("fault")));
        session.rollback();
        return found;
    }

    /** Returns sentences that say what to do. */
    public String describe() {
        return sentence + ". Changes that applications make in table of route " + route
                + " are not captured, and never reach etcd. Enable the triggers, or restart the PostgreSQL sink, which creates them again and sends"
                + " the rows that differ (auto.create=true).";
    }
}
