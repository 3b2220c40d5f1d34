package dev.etcdpg.pg.source;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.pg.client.Presence;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs dispatch and produces the numbered sends. A source holds two connections. After a failure the caller closes the source and opens another
 * one. Not thread-safe.
 */
public final class SendSource implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SendSource.class);

    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(5);
    /** Interval at which the state of the routes is read for the metrics. */
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(15);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

    /** Longest wait, because Connect stops a task only between polls. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final NotifySourceConfig config;
    private final LongSupplier nanoTime;
    private final SendStore store;
    private final SendRecords records;
    private final SendTopics topics;
    private final WakeUps wakeUps;
    private final Predicate<List<Route>> areUsable;
    private final HeartbeatSchedule heartbeats;
    private final NotifySourceMetrics metrics;
    private final RateLimit sweep;
    private final RateLimit status;
    private final Presence presence;
    private final OverdueChanges overdue;
    private final MissedNotifications missed;
    /** Permits a check twice per interval, so that no heartbeat is late by more than half of the interval. */
    private final RateLimit heartbeatCheck;

    private long publishedThrough;
    private long reportedThrough;
    private Deadline nextDispatch;
    private Duration lockedPause = SHORTEST_PAUSE;
    private Duration withheldPause;
    /** Whether every change that becomes visible after the last dispatch notifies. */
    private boolean mayNotify;
    /** Whether the present dispatch was not caused by a notification, though one should tell of each change. */
    private boolean isByTime;

    private SendSource(
            NotifySourceConfig config,
            LongSupplier nanoTime,
            SendStore store,
            SendRecords records,
            WakeUps wakeUps,
            Predicate<List<Route>> areUsable,
            NotifySourceMetrics metrics) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.store = store;
        this.records = records;
        this.wakeUps = wakeUps;
        this.areUsable = areUsable;
        this.metrics = metrics;
        this.topics = config.topics();
        this.heartbeats = new HeartbeatSchedule(config.heartbeatInterval(), nanoTime);
        this.sweep = new RateLimit(SWEEP_INTERVAL, nanoTime);
        this.status = new RateLimit(STATUS_INTERVAL, nanoTime);
        this.presence = Presence.ofSource(config.connectorName(), nanoTime);
        this.overdue = new OverdueChanges(nanoTime);
        this.missed = new MissedNotifications(nanoTime);
        this.heartbeatCheck = new RateLimit(config.heartbeatInterval().dividedBy(2), nanoTime);
        this.nextDispatch = Deadline.passed(nanoTime);
        this.withheldPause = config.pollInterval();
    }

    /**
     * Connects to the database.
     *
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     * @param stopped ends waits
     * @param remembered returns the offset of a database, by its origin
     * @param areUsable returns whether the topics of these routes can be written; it is asked before anything is changed
     * @param metrics outlives the source
     * @return null if the topics cannot be written yet; the caller must try again
     * @throws SchemaMissingException if the bookkeeping schema is not in the database (yet)
     * @throws ConnectException if the number of partitions has changed, or a route has the conflicts topic
     */
    public static @Nullable SendSource open(
            NotifySourceConfig config,
            LongSupplier nanoTime,
            CountDownLatch stopped,
            Function<String, SendOffset> remembered,
            Predicate<List<Route>> areUsable,
            NotifySourceMetrics metrics)
            throws SQLException, SchemaMissingException {
        SendStore store = SendStore.open(config.postgres());
        try {
            store.repairSequences().log(LOG);
            Sender sender = store.sender();
            SendOffset offset = remembered.apply(sender.origin());
            checkPartitions(offset.partitions(), config.topics().partitions());
            List<Route> routes = store.routes();
            checkTopics(config.topics(), routes);
            if (!areUsable.test(routes)) {
                store.close();
                return null;
            }
            store.raiseLastNumber(offset.number());
            LOG.info("{}: continuing after number {}", sender, offset.number());
            return new SendSource(
                    config,
                    nanoTime,
                    store,
                    new SendRecords(sender, config.topics(), offset),
                    new WakeUps(config.postgres(), listens(config, store), stopped, nanoTime),
                    areUsable,
                    metrics);
        } catch (SQLException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static boolean listens(NotifySourceConfig config, SendStore store) throws SQLException {
        if (!config.listens() || !store.isPooled()) {
            return config.listens();
        }
        LOG.warn(
                "There is a connection pooler before PostgreSQL, through which no notification arrives. The source looks for changes every {} ms."
                        + " Connect without the pooler, or set {}=false.",
                config.pollInterval().toMillis(),
                NotifySourceConfig.NOTIFY);
        return false;
    }

    /** Returns the offset of the last record that a poll has returned. */
    public SendOffset offset() {
        return records.offset();
    }

    /**
     * Takes the number through which Kafka has acknowledged all conflicts. The database keeps later conflicts, because a task that begins anew may have
     * to send them again.
     */
    public void published(long number) {
        publishedThrough = number;
    }

    /** Returns the UUID of the database. */
    String origin() {
        return records.sender().origin();
    }

    /** Waits for a reason to dispatch, at most a second. Then dispatches and returns the records of the numbered sends. */
    public List<SourceRecord> poll() throws SQLException, InterruptedException {
        if (!awaitWakeUp()) {
            return List.of();
        }
        if (sweep.acquire()) {
            store.sweep();
            if (publishedThrough > reportedThrough) {
                store.published(publishedThrough);
                reportedThrough = publishedThrough;
            }
        }
        if (status.acquire()) {
            metrics.status(store.status());
        }
        long begun = metrics.begin();
        if (presence.isDue()) {
            presence.announced(store.announce(presence));
        }
        SendStore.Dispatched dispatched =
                store.dispatch(config.batchSize(), config.conflateAfter(), wakeUps.isListening());
        metrics.dispatched(begun, dispatched.locked(), wakeUps.isListening());
        reportMissed(dispatched);
        List<Send> sends = store.sends(records.sender(), records.number(), config.batchSize());
        List<SourceRecord> produced = new ArrayList<>(sends.size());
        for (Send send : sends) {
            SourceRecord record = records.record(send);
            if (record.kafkaPartition() != null) {
                heartbeats.sent(record.topic(), record.kafkaPartition());
            }
            produced.add(record);
            metrics.sent(send);
        }
        addHeartbeats(produced);
        metrics.batch(produced.size());
        if (overdue.isDue()) {
            overdue.check(store.waiting()).forEach(change -> LOG.warn("{}", change.describe()));
        }
        nextDispatch = Deadline.after(pauseAfter(dispatched, !sends.isEmpty()), nanoTime);
        return produced;
    }

    /** Waits for a notification until the next dispatch, at most a second. Returns whether to dispatch now. */
    private boolean awaitWakeUp() throws SQLException, InterruptedException {
        boolean isNotified = wakeUps.await(shorter(nextDispatch.remaining(), LONGEST_WAIT));
        if (isNotified) {
            missed.notified();
        }
        isByTime = !isNotified && mayNotify;
        return isNotified || nextDispatch.hasPassed();
    }

    /** Looks for changes of which a notification should have told, and has not. */
    private void reportMissed(SendStore.Dispatched dispatched) {
        if (isByTime && dispatched.numbered() > 0 && missed.found()) {
            LOG.warn(
                    "Changes were found {} times in a row without a notification, so changes reach etcd only after {} ms. If the writers do"
                            + " not set etcd_sync.notify=off, look at select pg_notification_queue_usage(), at the triggers of the table, and at a"
                            + " pooler or proxy before PostgreSQL.",
                    MissedNotifications.MANY,
                    config.pollInterval().toMillis());
        }
        // withheld notifications, and keys that were locked, are found without a notification
        mayNotify =
                wakeUps.isListening() && !dispatched.isWithheld() && dispatched.locked() == 0 && !dispatched.isMore();
    }

    /**
     * Returns the pause before the next dispatch if no notification arrives. The pause is zero while records flow, because a batch ends at its
     * limit and there may be more. After a dispatch that found locked keys the pause is short, then longer and longer. The same holds after
     * notifications were withheld, because a transaction that was open then will commit without one.
     */
    private Duration pauseAfter(SendStore.Dispatched dispatched, boolean isFlowing) {
        lockedPause = dispatched.locked() == 0 ? SHORTEST_PAUSE : longer(lockedPause);
        withheldPause = dispatched.isWithheld() ? SHORTEST_PAUSE : longer(withheldPause);
        if (isFlowing || (dispatched.isMore() && (dispatched.numbered() > 0 || dispatched.locked() == 0))) {
            return Duration.ZERO;
        }
        return dispatched.locked() == 0 ? withheldPause : shorter(lockedPause, withheldPause);
    }

    private Duration longer(Duration pause) {
        return shorter(pause.multipliedBy(2), config.pollInterval());
    }

    private void addHeartbeats(List<SourceRecord> produced) throws SQLException {
        if (!heartbeatCheck.acquire()) {
            return;
        }
        List<Route> routes = store.routes();
        if (!areUsable.test(routes)) {
            return; // a route is new
        }
        for (Route route : routes) {
            for (int partition = 0; partition < topics.partitions(); partition++) {
                if (heartbeats.claim(topics.of(route), partition)) {
                    produced.add(records.heartbeat(route, partition));
                    metrics.heartbeat(route.name());
                }
            }
        }
    }

    private static void checkTopics(SendTopics topics, List<Route> routes) {
        topics.conflictsMistake(routes).ifPresent(mistake -> {
            throw new ConnectException(mistake);
        });
    }

    /**
     * Checks that the number of partitions has not changed. A probe must come after the change that it asks about, so a key must stay in its
     * partition while a change of the key is pending.
     */
    private static void checkPartitions(int before, int now) {
        if (before != 0 && before != now) {
            throw new ConnectException("\"" + TopicConfig.PARTITIONS + "\" was " + before + " and is now " + now
                    + ". Set it back. To change it: stop all writers, wait until etcd_pending is empty, stop this connector,"
                    + " delete its offsets (DELETE /connectors/<name>/offsets), and resume it.");
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public void close() {
        wakeUps.close();
        try {
            store.close();
        } catch (SQLException e) {
            LOG.debug("The connection did not close in order: {}", e.getMessage());
        }
    }
}
