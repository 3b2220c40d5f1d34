package dev.etcdpg.pg.source;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source at work: its two connections, and where it stands. After a failure it is closed and another one is opened. */
final class SendSource implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SendSource.class);

    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LOCKED_PAUSE = Duration.ofMillis(10);
    private static final Duration DRAIN_INTERVAL = Duration.ofSeconds(1);

    /** Connect asks for a task's end between polls. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final NotifySourceConfig config;
    private final Clock clock;
    private final CountDownLatch stopped;
    private final SendStore store;
    private final SendRecords records;
    private final Topics topics;
    private final Heartbeats heartbeats;
    private WakeListener listener;
    private Instant due;
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
        this.due = clock.instant();
        this.lastDrain = clock.instant();
        this.nextSweep = clock.instant();
        this.nextHeartbeats = clock.instant();
    }

    /**
     * @param stopped ends waiting
     * @param remembered the offset of a database, by its origin
     * @throws ConnectException if keys were spread over another number of partitions
     */
    static SendSource open(
            NotifySourceConfig config, Clock clock, CountDownLatch stopped, Function<String, SourceOffset> remembered)
            throws SQLException, SchemaMissingException {
        SendStore store = SendStore.open(config.postgres(), config.listens());
        try {
            String origin = store.origin();
            SourceOffset offset = remembered.apply(origin);
            checkPartitions(offset.partitions(), config.topics().partitions());
            checkTopics(config.topics(), store.routes());
            store.raiseCounter(offset.number());
            LOG.info("database {}: going on behind number {}", origin, offset.number());
            return new SendSource(config, clock, stopped, store, new SendRecords(origin, config.topics(), offset));
        } catch (SQLException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** How far records have been made; of those that a poll returned, once it has. */
    SourceOffset offset() {
        return records.offset();
    }

    String origin() {
        return records.origin();
    }

    /** Waits for something to do, at most a second; dispatches if there is, and makes records of what is numbered. */
    List<SourceRecord> poll() throws SQLException, InterruptedException {
        if (!isHinted() && clock.instant().isBefore(due)) {
            return List.of();
        }
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
        due = clock.instant().plus(pauseAfter(dispatched, !sends.isEmpty()));
        return produced;
    }

    /**
     * No pause while records flow: a batch ends where it is large enough, and there may be more. Keys that others had locked are looked at
     * again soon, and less and less often.
     */
    private Duration pauseAfter(SendStore.Dispatched dispatched, boolean flowing) {
        lockedPause =
                dispatched.locked() == 0 ? LOCKED_PAUSE : shorter(lockedPause.multipliedBy(2), config.pollInterval());
        if (flowing || (dispatched.more() && (dispatched.numbered() > 0 || dispatched.locked() == 0))) {
            return Duration.ZERO;
        }
        return dispatched.locked() == 0 ? config.pollInterval() : shorter(lockedPause, config.pollInterval());
    }

    /**
     * Waits for a notification until the next dispatch is due. A new LISTEN counts as one, for what was notified before is lost.
     */
    private boolean isHinted() throws SQLException, InterruptedException {
        Duration left = Duration.between(clock.instant(), due);
        Duration pause = left.isNegative() ? Duration.ZERO : shorter(left, LONGEST_WAIT);
        if (!config.listens()) {
            stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS);
            return false;
        }
        if (listener == null) {
            listener = WakeListener.open(config.postgres());
            return true;
        }
        boolean drain = !clock.instant().isBefore(lastDrain.plus(DRAIN_INTERVAL));
        if (pause.isZero() && !drain) {
            return false;
        }
        lastDrain = clock.instant();
        try {
            return listener.await(pause);
        } catch (SQLException e) {
            LOG.info("the listening connection was lost and is replaced: {}", e.getMessage());
            WakeListener lost = listener;
            listener = null;
            closeQuietly(lost);
            listener = WakeListener.open(config.postgres());
            return true;
        }
    }

    private static void checkTopics(Topics topics, List<String> routes) {
        for (String route : routes) {
            if (topics.of(route).equals(topics.conflicts())) {
                throw new ConnectException("\"" + NotifySourceConfig.CONFLICTS_TOPIC + "\" is " + topics.conflicts()
                        + ", which is the topic of route " + route + ". Name another one.");
            }
        }
    }

    /** A probe must stay behind the change that it asks about, so a key must stay in its partition while anything of it is under way. */
    private static void checkPartitions(int before, int now) {
        if (before != 0 && before != now) {
            throw new ConnectException("\"" + NotifySourceConfig.PARTITIONS + "\" was " + before + " and is now " + now
                    + ". Set it back; or, to change it: stop writers until etcd_pending is empty, then delete this connector's offsets"
                    + " (DELETE /connectors/<name>/offsets while it is stopped).");
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
