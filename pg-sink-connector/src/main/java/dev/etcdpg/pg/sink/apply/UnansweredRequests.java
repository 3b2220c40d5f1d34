package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.pg.sink.metrics.PostgresSinkMetrics;
import dev.etcdpg.pg.sink.store.OpenRequest;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the requests to the etcd source. A request that is not answered is logged each minute, and at last fails the task: without the answer,
 * lost records stay lost. Outlives the session. Not thread-safe.
 */
public final class UnansweredRequests {

    private static final Logger LOG = LoggerFactory.getLogger(UnansweredRequests.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final RateLimit checks;
    private final Map<Long, Long> firstSeen = new HashMap<>();

    /**
     * @param timeout time without an answer, since this task has seen the request first, after which the task fails; negative for never
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public UnansweredRequests(Duration timeout, LongSupplier nanoTime) {
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        // A check in a quarter of the timeout: the task fails at most that much later than the timeout says.
        Duration quarter = timeout.dividedBy(4);
        boolean isShort = !timeout.isNegative() && quarter.compareTo(EVERY) < 0;
        checks = new RateLimit(isShort ? quarter : EVERY, nanoTime);
        checks.done();
    }

    /**
     * Checks the requests of the routes, once a minute, or four times in the timeout if this is more often.
     *
     * @throws ConnectException if a request was not answered in time
     */
    public void check(SinkSession session, Collection<String> routes, PostgresSinkMetrics metrics) throws SQLException {
        if (!checks.isPermitted()) {
            return;
        }
        List<OpenRequest> open = OpenRequest.of(session, routes);
        checks.done();
        metrics.unanswered(
                routes,
                open.stream()
                        .map(request -> new PostgresSinkMetrics.Unanswered(request.route(), request.age()))
                        .toList());
        long now = nanoTime.getAsLong();
        firstSeen.keySet().retainAll(open.stream().map(OpenRequest::id).toList());
        open.forEach(request -> firstSeen.putIfAbsent(request.id(), now));
        for (OpenRequest request : open) {
            long waiting = now - firstSeen.getOrDefault(request.id(), now);
            boolean isLate = !timeout.isNegative() && waiting >= timeout.toNanos();
            if (isLate && !request.isByHand()) {
                firstSeen.clear();
                throw new ConnectException(describe(request) + " The task has waited for " + timeout.toMillis()
                        + " ms (heal.timeout.ms).");
            }
        }
        open.stream()
                .filter(request -> request.age().compareTo(EVERY) >= 0)
                .findFirst()
                .ifPresent(request -> LOG.warn("{}", describe(request)));
    }

    /** Returns sentences that say what is missing, and what to do. */
    static String describe(OpenRequest request) {
        String reason = request.isSent()
                ? "A notify source has taken it. Check that the etcd sink and the etcd source of the route run."
                : "No notify source has taken it. Start the notify source and the etcd sink, which carry requests to the etcd source. "
                        + "If you mirror etcd in PostgreSQL one way only, set snapshot.interval.ms at the etcd source: its snapshots "
                        + "heal losses without a request.";
        return "The request " + request.id() + " of route " + request.route() + " for " + request.what()
                + " has not been answered for " + request.age().toSeconds() + " s. " + reason;
    }
}
