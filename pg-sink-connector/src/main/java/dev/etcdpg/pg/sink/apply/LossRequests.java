package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/** Requests snapshots of ranges whose records were lost, at most once a minute for each range. */
public final class LossRequests {

    private static final Duration PAUSE = Duration.ofMinutes(1);

    /** Stores requests and untrusted ranges. */
    public interface Ledger {

        /** Requests a snapshot of the range. Returns the id of the request. */
        long request(PartitionState state, KeyRange range, UntrustedRange untrusted) throws SQLException;

        /** Saves that the range is untrusted. */
        void save(PartitionState state, KeyRange range, UntrustedRange untrusted) throws SQLException;
    }

    private record Place(TopicPartition partition, KeyRange range) {}

    private final LongSupplier nanoTime;
    private final Map<Place, Deadline> next = new HashMap<>();

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public LossRequests(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns whether {@link #request} would make a request now. */
    public boolean isDue(PartitionState state) {
        return state.untrusted().all().entrySet().stream()
                .anyMatch(e -> !e.getValue().isRequested() && isPermitted(state, e.getKey()));
    }

    /** Makes the requests that are permitted now, and saves all ranges that were not requested before. */
    public void request(Ledger ledger, PartitionState state) throws SQLException {
        for (Map.Entry<KeyRange, UntrustedRange> entry : state.untrusted().all().entrySet()) {
            KeyRange range = entry.getKey();
            UntrustedRange untrusted = entry.getValue();
            if (untrusted.isRequested()) {
                continue;
            }
            if (isPermitted(state, range)) {
                long request = ledger.request(state, range, untrusted);
                state.untrusted().requested(range, request);
                untrusted = untrusted.requested(request);
            }
            ledger.save(state, range, untrusted);
        }
    }

    /**
     * Records that the transaction has committed, so that its requests count.
     *
     * @return the requests that the transaction has made, by their range
     */
    public Map<KeyRange, Long> committed(PartitionState before, PartitionState after) {
        Map<KeyRange, Long> made = new HashMap<>();
        Map<KeyRange, UntrustedRange> old = before.untrusted().all();
        after.untrusted().all().forEach((range, untrusted) -> {
            if (untrusted.isRequested() && !untrusted.equals(old.get(range))) {
                next.put(new Place(after.partition(), range), Deadline.after(PAUSE, nanoTime));
                made.put(range, untrusted.request());
            }
        });
        return made;
    }

    private boolean isPermitted(PartitionState state, KeyRange range) {
        Deadline deadline = next.get(new Place(state.partition(), range));
        return deadline == null || deadline.hasPassed();
    }
}
