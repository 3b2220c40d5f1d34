package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.sink.resolve.ContradictionPolicy;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;

/** {@code etcd_request}: requests for a new epoch, because a record contradicts the mirror. */
public final class EpochRequestStore {

    private final SinkSession session;
    private final String route;
    private final ContradictionPolicy policy;

    public EpochRequestStore(SinkSession session, String route, ContradictionPolicy policy) {
        this.session = session;
        this.route = route;
        this.policy = policy;
    }

    /**
     * Requests a new epoch.
     *
     * @param found epoch in which the contradiction was found; one request is made for each
     * @param reason sentence that names the key
     * @throws ConnectException if the policy is to fail
     */
    public void request(long found, String reason) throws SQLException {
        if (policy == ContradictionPolicy.FAIL) {
            throw new ConnectException(
                    "etcd has another history than route " + route + " in PostgreSQL: " + reason
                            + ". Was etcd restored or replaced? Nothing of this record is applied, because history.policy=fail. Look at both "
                            + "sides. Then set history.policy=resnapshot: a new epoch begins, and PostgreSQL takes over the state of etcd.");
        }
        boolean requested = false;
        while (!requested) { // another transaction may take the id
            requested = session.sql("request_new_epoch")
                    .set("route", route)
                    .set("epoch", found)
                    .set("reason", reason)
                    .one(row -> row.getBoolean(1));
        }
        session.notifyDispatch();
    }
}
