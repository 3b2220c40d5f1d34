package dev.etcdpg.pg.sink;

import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.core.sink.DeadLetterConfig;
import dev.etcdpg.core.sink.DeadLetters;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.sink.apply.LossRequests;
import dev.etcdpg.pg.sink.apply.SegmentApplier;
import dev.etcdpg.pg.sink.apply.SinkDatabase;
import dev.etcdpg.pg.sink.apply.SinkSession;
import dev.etcdpg.pg.sink.read.RecordReader;
import dev.etcdpg.pg.sink.resolve.Rules;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** A running task: delivers what Connect puts, in rounds; waits and tries again when PostgreSQL is away. */
final class PostgresSink implements AutoCloseable {

    /** Something is looked at so often even if no records come. */
    private static final long IDLE_MS = 1_000;

    /** How long dead letters may take: rows are locked meanwhile, and PostgreSQL ends a transaction that is idle for 30 s. */
    private static final Duration LETTERS_WITHIN = Duration.ofSeconds(5);

    private final PostgresSinkConfig config;
    private final SinkTaskContext context;
    private final Clock clock;
    private final RetryPolicy retries;
    private final SinkDatabase database;
    private LossRequests losses;
    private final SinkAssignment assignment;
    private final DeferredTimer timer;
    private DeadLetters deadLetters;
    private RecordDelivery delivery;

    PostgresSink(PostgresSinkConfig config, String name, SinkTaskContext context, Clock clock) {
        this.config = config;
        this.context = context;
        this.clock = clock;
        retries = new RetryPolicy("PostgreSQL", config.retry(), System::nanoTime);
        database =
                new SinkDatabase(config.postgres(), name, config.routes(), config.tableSchema(), config.autoCreate());
        losses = new LossRequests(clock);
        assignment = new SinkAssignment(context, config::route);
        timer = new DeferredTimer(clock);
    }

    void open(Collection<TopicPartition> partitions) {
        assignment.open(partitions);
    }

    void close(Collection<TopicPartition> partitions) {
        assignment.close(partitions);
    }

    /** OffsetStore below which everything is applied; no I/O. */
    Map<TopicPartition, OffsetAndMetadata> committed() {
        return assignment.committed();
    }

    /**
     * @throws RetriableException if PostgreSQL cannot be reached or had to give up for now
     * @throws ConnectException if somebody must do something; the message says what
     */
    void put(Collection<SinkRecord> records) {
        if (retries.isOpen()) {
            assignment.failed();
            throw later(retries.pause(), "PostgreSQL has not answered, the circuit is open", null);
        }
        try {
            connect();
            delivery.deliver(records);
        } catch (RetriableException e) {
            retries.succeeded(); // it is the dead letter topic that does not answer
            abandon();
            context.timeout(IDLE_MS);
            throw e;
        } catch (SQLException e) {
            abandon();
            boolean emptied = SqlFaults.isMissing(e) && database.forget();
            if (emptied) {
                losses = new LossRequests(
                        clock); // a new database is filled at once, whatever was asked for in the old one
            }
            SQLException shown = SqlFaults.withoutValues(e);
            if (!emptied && !SqlFaults.isTransient(e)) {
                throw new ConnectException(
                        "PostgreSQL refuses what the sink does: " + SqlFaults.describe(shown), shown);
            }
            throw later(retries.failed(shown), SqlFaults.describe(shown), shown);
        }
        database.proven();
        retries.succeeded();
        assignment.succeeded();
        context.timeout(timer.isWaiting() ? timer.pause() : IDLE_MS);
    }

    /** Rolls back by closing the connection; the same records come again. */
    private void abandon() {
        database.disconnect();
        assignment.failed();
        assignment.forget();
    }

    private RetriableException later(Duration pause, String why, SQLException cause) {
        context.timeout(Math.max(1, pause.toMillis()));
        return new RetriableException(why, cause);
    }

    private void connect() throws SQLException {
        if (!database.isConnected()) {
            SinkSession session = database.session();
            SegmentApplier applier = new SegmentApplier(
                    session,
                    database.tables(),
                    new Rules(config.conflictPolicy(), session.origin()),
                    losses,
                    letters -> deadLetters().report(letters));
            RecordReader intake = new RecordReader(config.lossPolicy(), session.origin(), clock);
            delivery = new RecordDelivery(assignment, timer, applier, intake, losses);
        }
    }

    /** The same over all attempts: it knows what it has handed over. */
    private DeadLetters deadLetters() {
        if (deadLetters == null) {
            deadLetters = new DeadLetters(context.errantRecordReporter(), DeadLetterConfig.of(config), LETTERS_WITHIN);
        }
        return deadLetters;
    }

    @Override
    public void close() {
        database.close();
    }
}
