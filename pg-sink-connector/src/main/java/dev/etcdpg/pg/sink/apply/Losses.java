package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.pg.sink.intake.Blind;
import dev.etcdpg.pg.sink.intake.Lane;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Asks for snapshots of ranges whose records were lost, of each at most once a minute. */
public final class Losses {

    /** The least time between two requests for a range, in ms. */
    private static final long PAUSE = 60_000;

    /** Where requests are made and noted. */
    public interface Book {

        /** Asks for a snapshot of the range. @return number of the request */
        long request(Lane lane, KeyRange range, Blind blind) throws SQLException;

        /** Notes that records of the range were lost. */
        void note(Lane lane, KeyRange range, Blind blind) throws SQLException;
    }

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

    /** Makes the requests that may be made, notes all in the book and on the lane. */
    public void ask(Book book, Lane lane) throws SQLException {
        for (KeyRange range : lane.blind().keySet()) {
            Blind blind = lane.blind().get(range);
            if (blind.isUnasked()) {
                if (mayAsk(new Place(lane.partition(), range))) {
                    lane.asked(range, book.request(lane, range, blind));
                }
                book.note(lane, range, lane.blind().get(range));
            }
        }
    }

    /** To be called when the transaction has committed. */
    public void committed(Lane before, Lane after) {
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
}
