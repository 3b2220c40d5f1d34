package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices sequences of the bookkeeping schema that somebody sets back while the task works, and has them repaired. Looks only at the positions, because
 * the repair reads whole tables. Outlives the session. Not thread-safe.
 */
public final class SequenceWatch {

    private static final Logger LOG = LoggerFactory.getLogger(SequenceWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(15);

    private final RateLimit checks;
    private List<Long> before = List.of();

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public SequenceWatch(LongSupplier nanoTime) {
        checks = new RateLimit(INTERVAL, nanoTime);
    }

    /** Checks the sequences, at most each 15 s. */
    public void check(SinkSession session) throws SQLException {
        if (!checks.isPermitted()) {
            return;
        }
        List<Long> now = session.sequencePositions();
        if (hasFallen(now)) {
            session.repairSequences().log(LOG);
            now = session.sequencePositions();
        }
        before = now;
        checks.done();
    }

    private boolean hasFallen(List<Long> now) {
        for (int i = 0; i < Math.min(before.size(), now.size()); i++) {
            if (now.get(i) < before.get(i)) {
                return true;
            }
        }
        return false;
    }
}
