package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.store.MirroredTable;
import dev.etcdpg.pg.sink.store.PauseStore;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports partitions that are paused, or in which the records of a key have waited for 30 s, because other transactions have locked rows for long:
 * with a warning and in {@code etcd_sink_pause}. Names the key, and the server processes and prepared transactions that have locked the row. Not
 * thread-safe.
 */
public final class PauseReporter {

    private static final Logger LOG = LoggerFactory.getLogger(PauseReporter.class);
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final PauseStore store;
    private final Map<String, MirroredTable> tables;
    private final LongSupplier nanoTime;
    private final LongWaits waits;
    private final Set<TopicPartition> known = new HashSet<>();
    private final Map<TopicPartition, Deadline> next = new HashMap<>();

    /**
     * @param tables by the name of their route
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public PauseReporter(SinkSession session, Map<String, MirroredTable> tables, LongSupplier nanoTime) {
        this.store = new PauseStore(session);
        this.tables = tables;
        this.nanoTime = nanoTime;
        this.waits = new LongWaits(EVERY, nanoTime);
    }

    /** Reports the partitions, each at once and then every 30 s, and removes the reports of the others. */
    public void report(Collection<PartitionState> states, Set<TopicPartition> paused) throws SQLException {
        for (PartitionState state : states) {
            TopicPartition partition = state.partition();
            boolean isNew = known.add(partition);
            boolean isPaused = paused.contains(partition);
            Optional<String> waiting = waits.find(partition, state.deferred().first(), state.deferred()::contains);
            if (!isPaused && waiting.isEmpty()) {
                // an earlier task may have left a report
                if (next.remove(partition) != null || isNew) {
                    store.delete(partition);
                }
            } else if (!next.containsKey(partition)
                    || Objects.requireNonNull(next.get(partition)).hasPassed()) {
                next.put(partition, Deadline.after(EVERY, nanoTime));
                report(state, isPaused ? state.deferred().largest() : waiting, isPaused);
            }
        }
    }

    private void report(PartitionState state, Optional<String> of, boolean isPaused) throws SQLException {
        String key = of.orElse("");
        List<String> holders =
                store.holders(Objects.requireNonNull(tables.get(state.route().name())), key);
        store.save(state, key, holders);
        LOG.warn(
                "{} {}: {} deferred records ({} bytes) wait, {} key {} of route {}. {}",
                state.partition(),
                isPaused ? "is paused" : "waits for a locked row",
                state.deferred().size(),
                state.deferred().bytes(),
                isPaused ? "most of them for" : "some of them for more than 30 s for",
                key,
                state.route().name(),
                holders.isEmpty()
                        ? "No transaction has locked its row now."
                        : "Its row is locked by " + String.join(", ", holders)
                                + ". See pg_stat_activity; pg_terminate_backend ends a process, and rollback prepared or commit prepared a "
                                + "prepared transaction.");
    }
}
