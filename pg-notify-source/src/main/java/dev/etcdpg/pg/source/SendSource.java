package dev.etcdpg.pg.source;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source at work: its two connections, and where it stands. After a failure it is closed and another one is opened. */
final class SendSource implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SendSource.class);

    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LOCKED_PAUSE = Duration.ofMillis(10);
    private static final Duration DRAIN_INTERVAL = Duration.ofSeconds(1);

    private final NotifySourceConfig config;
    private final Clock clock;
    private final CountDownLatch stopped;
    private final SendStore store;
    private final SendRecords records;
    private final Topics topics;
    private final Heartbeats heartbeats;
    private WakeListener listener;
    private Duration pause = Duration.ZERO;
    private Duration lockedPause = LOCKED_PAUSE;
    private Instant lastDrain;
    private Instant nextSweep;
    private Instant nextHeartbeats;

    private SendSource(
            NotifySourceConfig config, Clock clock, CountDownLatch stopped, SendStore store, SendRecords records) {
        this.config = config;
        this.clock = clock;
        this.stopped = stopped;
        this.store = store;
        this.records = records;
        this.topics = config.topics();
        this.heartbeats = new Heartbeats(config.heartbeatInterval());
        this.lastDrain = clock.instant();
        this.nextSweep = clock.instant();
        this.nextHeartbeats = clock.instant();
    }

    /**
     * @param stopped ends waiting
     * @param remembered the offset of a source partition, null for none
     */
    static SendSource open(
            NotifySourceConfig config,
            Clock clock,
            CountDownLatch stopped,
            Function<Map<String, String>, Map<String, Object>> remembered)
            throws SQLException, SchemaMissingException {
        SendStore store = SendStore.open(config.postgres());
        try {
            String origin = store.origin();
            SourceOffset offset = SourceOffset.of(remembered.apply(SourceOffset.partition(origin)));
            store.raiseCounter(offset.number());
            LOG.info("database {}: going on behind number {}", origin, offset.number());
            return new SendSource(config, clock, stopped, store, new SendRecords(origin, config.topics(), offset));
        } catch (SQLException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Waits for something to do, not longer than the poll interval; dispatches, and makes records of what is numbered. */
    List<SourceRecord> poll() throws SQLException, InterruptedException {
        await();
        if (!clock.instant().isBefore(nextSweep)) {
            nextSweep = clock.instant().plus(SWEEP_INTERVAL);
            store.sweep();
        }
        SendStore.Dispatched dispatched = store.dispatch(config.batchSize(), config.conflateAfter());
        List<Send> sends = store.sends(records.number(), config.batchSize());
        List<SourceRecord> produced = new ArrayList<>(sends.size());
        Instant now = clock.instant();
        for (Send send : sends) {
            SourceRecord record = records.record(send);
            if (record.kafkaPartition() != null) {
                heartbeats.sent(record.topic(), record.kafkaPartition(), now);
            }
            produced.add(record);
        }
        addHeartbeats(produced, now);
        pause = pauseAfter(dispatched, !sends.isEmpty());
        return produced;
    }

    /**
     * No pause while records flow: a batch ends where it is large enough, and there may be more. Keys that others had locked are looked at
     * again soon, and less and less often.
     */
    private Duration pauseAfter(SendStore.Dispatched dispatched, boolean flowing) {
        lockedPause =
                dispatched.locked() == 0 ? LOCKED_PAUSE : shorter(lockedPause.multipliedBy(2), config.pollInterval());
        if (dispatched.more() || flowing) {
            return Duration.ZERO;
        }
        return dispatched.locked() == 0 ? config.pollInterval() : shorter(lockedPause, config.pollInterval());
    }

    /** The first poll behind a new LISTEN does not wait: what was notified before is lost. */
    private void await() throws SQLException, InterruptedException {
        if (!config.listens()) {
            stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            return;
        }
        if (listener == null) {
            listener = WakeListener.open(config.postgres());
            return;
        }
        boolean drain = !clock.instant().isBefore(lastDrain.plus(DRAIN_INTERVAL));
        if (pause.isZero() && !drain) {
            return;
        }
        lastDrain = clock.instant();
        try {
            listener.await(pause);
        } catch (SQLException e) {
            LOG.info("the listening connection was lost and is replaced: {}", e.getMessage());
            WakeListener lost = listener;
            listener = null;
            closeQuietly(lost);
            listener = WakeListener.open(config.postgres());
        }
    }

    private void addHeartbeats(List<SourceRecord> produced, Instant now) throws SQLException {
        if (now.isBefore(nextHeartbeats)) {
            return;
        }
        // looked at twice an interval, so that none is late by more than half of it
        nextHeartbeats = now.plus(config.heartbeatInterval().dividedBy(2));
        for (String route : store.routes()) {
            for (int partition = 0; partition < topics.partitions(); partition++) {
                String topic = topics.of(route);
                if (heartbeats.isDue(topic, partition, now)) {
                    heartbeats.sent(topic, partition, now);
                    produced.add(records.heartbeat(route, partition));
                }
            }
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public void close() {
        closeQuietly(listener);
        closeQuietly(store);
    }

    private static void closeQuietly(AutoCloseable connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (Exception e) {
            LOG.debug("a connection did not close in order: {}", e.getMessage());
        }
    }
}
