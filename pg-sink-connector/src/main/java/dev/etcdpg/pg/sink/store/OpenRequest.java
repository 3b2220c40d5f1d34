package dev.etcdpg.pg.sink.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * A request in {@code etcd_request} that is not answered.
 *
 * @param what text that describes the kind of request
 * @param isSent whether a notify source has taken the request
 * @param isByHand whether an operator has made the request
 * @param age time since the request was made
 */
public record OpenRequest(long id, String route, String what, boolean isSent, boolean isByHand, Duration age) {

    /** Returns the requests of the routes that are not answered, the oldest first. Takes one transaction. */
    public static List<OpenRequest> of(SinkSession session, Collection<String> routes) throws SQLException {
        session.settle();
        List<OpenRequest> open = session.sql("open_requests")
                .texts("routes", routes)
                .list(row -> new OpenRequest(
                        row.getLong("id"),
                        row.getString("route"),
                        row.getString("kind").equals("snapshot") ? "a snapshot" : "a new epoch",
                        row.getBoolean("sent"),
                        row.getBoolean("by_hand"),
                        Duration.ofSeconds(row.getLong("age"))));
        session.rollback();
        return open;
    }
}
