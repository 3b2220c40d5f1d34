package dev.etcdpg.pg.source;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.metrics.TaskMetrics;
import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.core.topic.SendGuard;
import dev.etcdpg.core.topic.SourceTopics;
import dev.etcdpg.pg.client.SqlFaults;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles the life cycle of the task and the failures of PostgreSQL. {@link SendSource} does the work. */
public final class PostgresNotifySourceTask extends SourceTask {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresNotifySourceTask.class);

    /** Longest wait, because Connect stops a task only between polls. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private static final Duration SCHEMA_LOG_INTERVAL = Duration.ofSeconds(30);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final RateLimit schemaLog = new RateLimit(SCHEMA_LOG_INTERVAL, System::nanoTime);
    private final Map<String, SendOffset> reached = new HashMap<>();
    private Deadline nextAttempt = Deadline.passed(System::nanoTime);

    // set by start
    @SuppressWarnings("NullAway.Init")
    private NotifySourceConfig config;

    @SuppressWarnings("NullAway.Init")
    private RetryPolicy retries;

    @SuppressWarnings("NullAway.Init")
    private NotifySourceMetrics metrics;

    @SuppressWarnings("NullAway.Init")
    private SourceTopics topics;

    @SuppressWarnings("NullAway.Init")
    private SendGuard sends;

    @SuppressWarnings("NullAway.Init")
    private PublishedConflicts conflicts;

    private @Nullable SendSource source;

    @Override
    public void start(Map<String, String> props) {
        config = new NotifySourceConfig(props);
        config.log(LOG);
        metrics = new NotifySourceMetrics(TaskMetrics.of(context, System::nanoTime));
        retries = new RetryPolicy("PostgreSQL", config.retry(), System::nanoTime, metrics.retries());
        topics = new SourceTopics(config, System::nanoTime);
        sends = SendGuard.started(config.sendTimeout(), topics);
        conflicts = new PublishedConflicts(config.topics().conflicts());
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        return sends.poll(this::read);
    }

    private @Nullable List<SourceRecord> read() throws InterruptedException {
        if (!nextAttempt.hasPassed()) {
            long wait = Math.min(nextAttempt.remainingNanos(), LONGEST_WAIT.toNanos());
            stopped.await(wait, TimeUnit.NANOSECONDS);
            return null;
        }
        if (stopped.getCount() == 0) {
            return null;
        }
        try {
            List<SourceRecord> records = produce();
            retries.succeeded();
            return records.isEmpty() ? null : records;
        } catch (SchemaMissingException e) {
            awaitSchema(e);
        } catch (SQLException thrown) {
            closeSource();
            recover(thrown);
        }
        return null;
    }

    private List<SourceRecord> produce() throws SQLException, SchemaMissingException, InterruptedException {
        SendSource open = source;
        if (open == null) {
            open = SendSource.open(
                    config,
                    System::nanoTime,
                    stopped,
                    this::offset,
                    routes -> topics.awaitUsable(config.topicNeeds(routes)),
                    metrics);
            if (open == null) {
                nextAttempt = Deadline.after(LONGEST_WAIT, System::nanoTime);
                return List.of();
            }
            source = open;
        }
        open.published(conflicts.through());
        List<SourceRecord> records = open.poll();
        conflicts.sent(records);
        reached.put(open.origin(), open.offset());
        return records;
    }

    /** @throws ConnectException if a later attempt cannot succeed either, or if PostgreSQL has not answered for too long */
    private void recover(SQLException thrown) {
        SQLException e = SqlFaults.withoutValues(thrown); // dispatch runs triggers of applications
        if (SqlFaults.isMissing(e)) {
            awaitSchema(e);
        } else if (SqlFaults.isTransient(thrown)) {
            nextAttempt = Deadline.after(retries.failed(e), System::nanoTime);
        } else {
            throw new ConnectException("PostgreSQL refuses a statement of the source: " + SqlFaults.describe(e), e);
        }
    }

    /** Tries again later. A missing schema is not a failure, because the sink may be about to create it. */
    private void awaitSchema(Exception missing) {
        retries.succeeded();
        metrics.forget();
        if (schemaLog.acquire()) {
            LOG.warn("Waiting for the bookkeeping schema: {}", missing.getMessage());
        }
        nextAttempt = Deadline.after(LONGEST_WAIT, System::nanoTime);
    }

    /** Returns the offset at which to continue. An offset that this task has reached is ahead of the offset that Connect has stored. */
    private SendOffset offset(String origin) {
        SendOffset handedOver = reached.get(origin);
        return handedOver != null
                ? handedOver
                : SendOffset.of(context.offsetStorageReader().offset(SendOffset.partition(origin)));
    }

    @Override
    public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
        sends.acknowledged(record, metadata);
        conflicts.acknowledged(record);
    }

    @Override
    public void stop() {
        if (sends != null) {
            sends.close();
        }
        stopped.countDown();
        closeSource();
        if (metrics != null) {
            metrics.close();
        }
    }

    @Override
    public String version() {
        return Version.get();
    }

    private void closeSource() {
        if (source != null) {
            source.close();
            source = null;
        }
    }
}
