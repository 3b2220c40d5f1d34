package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.Segment;
import dev.etcdpg.pg.sink.resolve.Rules;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies rounds of segments, each in a transaction: set by set as long as nothing is in the way, else with care. */
public final class SegmentApplier implements SegmentStore {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentApplier.class);

    private final SinkSession session;
    private final Map<String, MirroredTable> tables;
    private final Rules rules;
    private final LossRequests losses;
    private final Consumer<List<DeadLetter>> deadLetters;
    private final KeyFairness turns = new KeyFairness();

    /**
     * @param tables by name of the route
     * @param losses outlives the session
     * @param deadLetters returns when the records are safe
     */
    public SegmentApplier(
            SinkSession session,
            Map<String, MirroredTable> tables,
            Rules rules,
            LossRequests losses,
            Consumer<List<DeadLetter>> deadLetters) {
        this.session = session;
        this.tables = tables;
        this.rules = rules;
        this.losses = losses;
        this.deadLetters = deadLetters;
    }

    @Override
    public List<PartitionState> apply(List<Segment> segments, boolean retry) throws SQLException {
        if (!retry) {
            try {
                return attempt(segments, false);
            } catch (SQLException e) {
                if (!SqlFaults.isData(e) && !SqlFaults.isWait(e)) {
                    throw e;
                }
                session.rollback();
                if (SqlFaults.isData(e)) {
                    // not the sentence, which may quote the value
                    LOG.info("Looking for what is refused, with SQLSTATE {}", e.getSQLState());
                } else {
                    LOG.debug("Looking for what is in the way, with SQLSTATE {}", e.getSQLState());
                }
            }
        }
        return attempt(segments, true);
    }

    private List<PartitionState> attempt(List<Segment> segments, boolean careful) throws SQLException {
        SinkTransaction round = new SinkTransaction(session, tables, rules, losses, turns, careful);
        List<PartitionState> lanes = round.apply(segments);
        if (!round.bad().isEmpty()) {
            deadLetters.accept(round.bad());
        }
        session.commit();
        for (int i = 0; i < lanes.size(); i++) {
            losses.committed(segments.get(i).lane(), lanes.get(i));
        }
        return lanes;
    }

    @Override
    public PartitionState load(TopicPartition partition, Route route) throws SQLException {
        PartitionState lane = OffsetStore.load(session, partition, route);
        session.rollback();
        return lane;
    }
}
