package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.common.KeyRange;
import dev.etcdpg.pg.sink.intake.Blind;
import dev.etcdpg.pg.sink.intake.Lane;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for snapshots of ranges whose records were lost, of each at most once a minute. */
public final class Losses {

    private static final Logger LOG = LoggerFactory.getLogger(Losses.class);

    /** The least time between two requests for a range, in ms. */
    private static final long PAUSE = 60_000;

    private record Place(TopicPartition partition, KeyRange range) {}

    private final Clock clock;
    private final Map<Place, Long> asked = new HashMap<>();

    public Losses(Clock clock) {
        this.clock = clock;
    }

    /** Whether a request is due that {@link #ask} would make now. */
    public boolean isDue(Lane lane) {
        return lane.blind().entrySet().stream()
                .anyMatch(e -> e.getValue().isUnasked() && mayAsk(new Place(lane.partition(), e.getKey())));
    }

    /** Makes the requests that may be made, notes all in the database and on the lane. */
    void ask(Session session, Lane lane) throws SQLException {
        for (Map.Entry<KeyRange, Blind> entry : lane.blind().entrySet()) {
            KeyRange range = entry.getKey();
            Blind blind = entry.getValue();
            if (blind.isUnasked()) {
                long request = Blind.LATER;
                if (mayAsk(new Place(lane.partition(), range))) {
                    request = request(session, lane, range, blind);
                    lane.asked(range, request);
                }
                session.sql("upsert_blind")
                        .add(lane.route().name())
                        .add(lane.partition().partition())
                        .add(range.after())
                        .add(range.through())
                        .add(request)
                        .add(blind.epoch())
                        .add(blind.since())
                        .update();
            }
        }
    }

    /** To be called when the transaction has committed. */
    void committed(Lane before, Lane after) {
        after.blind().forEach((range, blind) -> {
            Blind old = before.blind().get(range);
            if (!blind.isUnasked() && !blind.equals(old)) {
                asked.put(new Place(after.partition(), range), clock.millis());
            }
        });
    }

    private boolean mayAsk(Place place) {
        Long last = asked.get(place);
        return last == null || clock.millis() - last >= PAUSE;
    }

    private static long request(Session session, Lane lane, KeyRange range, Blind blind) throws SQLException {
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
