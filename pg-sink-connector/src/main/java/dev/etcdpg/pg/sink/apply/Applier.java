package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.sink.decide.Rules;
import dev.etcdpg.pg.sink.intake.Lane;
import dev.etcdpg.pg.sink.intake.Segment;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies rounds of segments, each in a transaction: set by set as long as nothing is in the way, else with care. */
public final class Applier implements SegmentStore {

    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    private final Session session;
    private final Map<String, Table> tables;
    private final Rules rules;
    private final Losses losses;
    private final Consumer<List<DeadLetter>> deadLetters;
    private final Turns turns = new Turns();

    /**
     * @param tables by name of the route
     * @param losses outlives the session
     * @param deadLetters returns when the records are safe
     */
    public Applier(
            Session session,
            Map<String, Table> tables,
            Rules rules,
            Losses losses,
            Consumer<List<DeadLetter>> deadLetters) {
        this.session = session;
        this.tables = tables;
        this.rules = rules;
        this.losses = losses;
        this.deadLetters = deadLetters;
    }

    @Override
    public List<Lane> apply(List<Segment> segments, boolean retry) throws SQLException {
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

    private List<Lane> attempt(List<Segment> segments, boolean careful) throws SQLException {
        Round round = new Round(session, tables, rules, losses, turns, careful);
        List<Lane> lanes = round.apply(segments);
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
    public Lane load(TopicPartition partition, Route route) throws SQLException {
        Lane lane = Offsets.load(session, partition, route);
        session.rollback();
        return lane;
    }
}
