package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** LossRequests and what is asked for because of them, in the database. */
final class LossStore implements LossRequests.Book {

    private static final Logger LOG = LoggerFactory.getLogger(LossStore.class);

    private final SinkSession session;

    LossStore(SinkSession session) {
        this.session = session;
    }

    @Override
    public void note(PartitionState lane, KeyRange range, UntrustedRange blind) throws SQLException {
        session.sql("upsert_blind")
                .add(lane.route().name())
                .add(lane.partition().partition())
                .add(range.after())
                .add(range.through())
                .add(blind.request())
                .add(blind.epoch())
                .add(blind.since())
                .update();
    }

    @Override
    public long request(PartitionState lane, KeyRange range, UntrustedRange blind) throws SQLException {
        String route = lane.route().name();
        long id = 0;
        while (id == 0) { // another task may have taken the number
            id = session.sql("request_snapshot")
                    .add(route)
                    .add(range.after())
                    .add(range.through())
                    .add(route)
                    .add(range.after())
                    .add(range.through())
                    .add(blind.epoch())
                    .add("records of " + lane.partition() + " were lost")
                    .list(row -> row.getLong(1))
                    .get(0);
        }
        session.wake();
        LOG.warn(
                "Asking for a snapshot of route {} (request {}), because records of {} were lost. What may drop records: retention or "
                        + "compaction of the topic, a topic that was created anew, offsets that were moved, an SMT or a predicate, a "
                        + "converter under errors.tolerance=all.",
                route,
                id,
                lane.partition());
        return id;
    }
}
