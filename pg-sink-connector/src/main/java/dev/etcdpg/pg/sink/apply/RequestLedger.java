package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import dev.etcdpg.pg.sink.store.PgRequestStore;
import dev.etcdpg.pg.sink.store.SinkSession;
import dev.etcdpg.pg.sink.store.UntrustedRangeStore;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Snapshot requests and untrusted ranges in the database. */
final class RequestLedger implements LossRequests.Ledger {

    private static final Logger LOG = LoggerFactory.getLogger(RequestLedger.class);

    private final SinkSession session;

    RequestLedger(SinkSession session) {
        this.session = session;
    }

    @Override
    public void save(PartitionState state, KeyRange range, UntrustedRange untrusted) throws SQLException {
        Pipeline pipeline = session.pipeline();
        new UntrustedRangeStore(session, state.route().name())
                .save(pipeline, state.partition().partition(), range, untrusted);
        pipeline.run();
    }

    @Override
    public long request(PartitionState state, KeyRange range, UntrustedRange untrusted) throws SQLException {
        String route = state.route().name();
        session.settle();
        long id = new PgRequestStore(session, route)
                .requestSnapshot(range, untrusted.epoch(), "records of " + state.partition() + " were lost");
        LOG.warn(
                "Requests a snapshot of route {} (request {}), because records of {} were lost. Records can be dropped by retention or "
                        + "compaction of the topic, by a topic that was created anew, by offsets that were moved, by an SMT or a predicate, "
                        + "and by a converter with errors.tolerance=all.",
                route,
                id,
                state.partition());
        return id;
    }
}
