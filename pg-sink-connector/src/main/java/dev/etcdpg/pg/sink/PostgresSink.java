package dev.etcdpg.pg.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.core.sink.DeadLetterConfig;
import dev.etcdpg.core.sink.DeadLetters;
import dev.etcdpg.pg.client.Presence;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.sink.apply.CaptureWatch;
import dev.etcdpg.pg.sink.apply.HistoryPruner;
import dev.etcdpg.pg.sink.apply.LossRequests;
import dev.etcdpg.pg.sink.apply.MissingSource;
import dev.etcdpg.pg.sink.apply.PauseReporter;
import dev.etcdpg.pg.sink.apply.SegmentApplier;
import dev.etcdpg.pg.sink.apply.SegmentStore;
import dev.etcdpg.pg.sink.apply.SequenceWatch;
import dev.etcdpg.pg.sink.apply.UnansweredRequests;
import dev.etcdpg.pg.sink.metrics.PostgresSinkMetrics;
import dev.etcdpg.pg.sink.read.RecordReader;
import dev.etcdpg.pg.sink.resolve.Rules;
import dev.etcdpg.pg.sink.store.SinkDatabase;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/** A running task: delivers the records that Connect puts, and tries again when PostgreSQL is not available. */
public final class PostgresSink implements AutoCloseable {

    /** Interval at which Connect calls the task even if no records arrive. */
    private static final long IDLE_MS = 1_000;

    /** Longest time for dead letters to be written. Rows are locked meanwhile, and PostgreSQL ends a transaction that is idle for 30 s. */
    private static final Duration LETTERS_WITHIN = Duration.ofSeconds(5);

    /** The objects that use one connection. */
    private record Applying(RecordReader reader, SegmentStore store, PauseReporter pauses) {}

    private final PostgresSinkConfig config;
    private final SinkTaskContext context;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final PostgresSinkMetrics metrics;
    private final RetryPolicy retries;
    private final SinkDatabase database;
    private LossRequests losses;
    private final UnansweredRequests unanswered;
    private final MissingSource missingSource;
    private final CaptureWatch capture;
    private final SequenceWatch sequences;
    private final HistoryPruner pruner;
    private final Presence presence;
    private final RecordDelivery delivery;
    private @Nullable DeadLetters deadLetters;
    private @Nullable Applying applying;

    /**
     * @param name application name of the connection
     * @param clock returns times that are stored
     * @param nanoTime measures pauses; has the semantics of {@link System#nanoTime()}
     */
    public PostgresSink(
            PostgresSinkConfig config, String name, SinkTaskContext context, Clock clock, LongSupplier nanoTime) {
        this(config, name, context, clock, nanoTime, PostgresSinkMetrics.hidden());
    }

    /** @param metrics is closed together with the sink; the other parameters are those of the other constructor */
    PostgresSink(
            PostgresSinkConfig config,
            String name,
            SinkTaskContext context,
            Clock clock,
            LongSupplier nanoTime,
            PostgresSinkMetrics metrics) {
        this.metrics = metrics;
        this.config = config;
        this.context = context;
        this.clock = clock;
        this.nanoTime = nanoTime;
        retries = new RetryPolicy("PostgreSQL", config.retry(), nanoTime, metrics.retries());
        database = new SinkDatabase(config.postgres(), name, config.routes(), config.installation());
        losses = new LossRequests(nanoTime);
        unanswered = new UnansweredRequests(config.healTimeout(), nanoTime);
        missingSource = new MissingSource(nanoTime);
        capture = new CaptureWatch(nanoTime);
        sequences = new SequenceWatch(nanoTime);
        pruner = new HistoryPruner(config.retention(), nanoTime);
        presence = Presence.ofSink(
                config.connectorName(),
                config.routes().stream().map(Route::name).toList(),
                nanoTime);
        delivery = new RecordDelivery(context, config::route, nanoTime);
    }

    public void open(Collection<TopicPartition> partitions) {
        delivery.open(partitions);
    }

    public void close(Collection<TopicPartition> partitions) {
        delivery.close(partitions);
    }

    /** Returns the offsets below which everything is applied. Performs no I/O. */
    public Map<TopicPartition, OffsetAndMetadata> committed() {
        return delivery.committed();
    }

    /**
     * Applies records.
     *
     * @throws RetriableException if PostgreSQL is not available or had to give up for now
     * @throws ConnectException if an operator must act; the message says how
     */
    public void put(Collection<SinkRecord> records) {
        if (retries.isOpen()) {
            delivery.postponed();
            throw later(retries.pause(), "PostgreSQL has not answered, the circuit is open", null);
        }
        try {
            Applying to = connected();
            delivery.deliver(records, to.reader(), to.store(), losses);
            to.pauses().report(delivery.states(), delivery.paused());
            if (presence.isDue()) {
                presence.announced(database.session().announce(presence));
            }
            unanswered.check(database.session(), database.tables().keySet(), metrics);
            missingSource.check(database.session(), database.tables().keySet(), metrics);
            sequences.check(database.session());
            capture.check(database.session(), database.tables().keySet(), metrics);
            pruner.prune(database.session(), database.tables().keySet());
        } catch (RetriableException e) {
            retries.succeeded(); // PostgreSQL works: the dead letter topic does not answer
            abandon();
            context.timeout(IDLE_MS);
            throw e;
        } catch (SQLException e) {
            abandon();
            boolean emptied = SqlFaults.isMissing(e) && database.forget();
            if (emptied) {
                // a new database is filled at once, even if requests were made for the old one
                losses = new LossRequests(nanoTime);
            }
            SQLException shown = SqlFaults.withoutValues(e);
            if (!emptied && !SqlFaults.isTransient(e)) {
                throw new ConnectException(
                        "PostgreSQL refuses a statement of the sink: " + SqlFaults.describe(shown), shown);
            }
            throw later(retries.failed(shown), SqlFaults.describe(shown), shown);
        }
        database.proven();
        retries.succeeded();
        delivery.succeeded();
        metrics.delivered(records, delivery.states());
        metrics.reached(delivery.states(), delivery.paused());
        context.timeout(delivery.pauseMs(IDLE_MS));
    }

    /** Rolls back by closing the connection. Connect delivers the same records again. */
    private void abandon() {
        database.disconnect();
        delivery.failed();
    }

    private RetriableException later(Duration pause, String why, @Nullable SQLException cause) {
        context.timeout(Math.max(1, pause.toMillis()));
        return new RetriableException(why, cause);
    }

    private Applying connected() throws SQLException {
        if (applying == null || !database.isConnected()) {
            SinkSession session = database.session();
            SegmentApplier applier = new SegmentApplier(
                    session,
                    database.tables(),
                    new Rules(config.conflictPolicy(), session.origin()),
                    config.contradictions(),
                    losses,
                    letters -> deadLetters().report(letters),
                    metrics);
            RecordReader reader = new RecordReader(
                    config.lossPolicy(), config.foreignSources(), config.contradictions(), session.origin(), clock);
            applying = new Applying(reader, applier, new PauseReporter(session, database.tables(), nanoTime));
        }
        return applying;
    }

    /** Returns the same instance for all attempts, because it knows which records it has reported. */
    private DeadLetters deadLetters() {
        if (deadLetters == null) {
            deadLetters = new DeadLetters(
                    context.errantRecordReporter(),
                    DeadLetterConfig.of(config),
                    LETTERS_WITHIN,
                    letter -> metrics.deadLetter(
                            config.route(letter.record().originalTopic()).name(), letter));
        }
        return deadLetters;
    }

    @Override
    public void close() {
        database.close();
        metrics.close();
    }
}
