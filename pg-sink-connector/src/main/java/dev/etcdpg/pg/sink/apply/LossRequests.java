package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Asks for snapshots of ranges whose records were lost, of each at most once a minute. */
public final class LossRequests {

    /** The least time between two requests for a range, in ms. */
    private static final long PAUSE = 60_000;

    /** Where requests are made and noted. */
    public interface Book {

        /** Asks for a snapshot of the range. @return number of the request */
        long request(PartitionState lane, KeyRange range, UntrustedRange blind) throws SQLException;

        /** Notes that records of the range were lost. */
        void note(PartitionState lane, KeyRange range, UntrustedRange blind) throws SQLException;
    }

    private record Place(TopicPartition partition, KeyRange range) {}

    private final Clock clock;
    private final Map<Place, Long> asked = new HashMap<>();

    public LossRequests(Clock clock) {
        this.clock = clock;
    }

    /** Whether a request is due that {@link #ask} would make now. */
    public boolean isDue(PartitionState lane) {
        return lane.blind().entrySet().stream()
                .anyMatch(e -> e.getValue().isUnasked() && mayAsk(new Place(lane.partition(), e.getKey())));
    }

    /** Makes the requests that may be made, notes all in the book and on the lane. */
    public void ask(Book book, PartitionState lane) throws SQLException {
        for (KeyRange range : lane.blind().keySet()) {
            UntrustedRange blind = lane.blind().get(range);
            if (blind.isUnasked()) {
                if (mayAsk(new Place(lane.partition(), range))) {
                    lane.asked(range, book.request(lane, range, blind));
                }
                book.note(lane, range, lane.blind().get(range));
            }
        }
    }

    /** To be called when the transaction has committed. */
    public void committed(PartitionState before, PartitionState after) {
        after.blind().forEach((range, blind) -> {
            UntrustedRange old = before.blind().get(range);
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
