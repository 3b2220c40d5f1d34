package dev.etcdpg.pg.source;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.pg.client.SqlFaults;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lifecycle, and what to do when PostgreSQL does not answer; the work is {@link SendSource}'s. */
public final class PostgresNotifySourceTask extends SourceTask {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresNotifySourceTask.class);

    /** Connect asks for a task's end between polls: none may take long. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private static final Duration SCHEMA_LOG_INTERVAL = Duration.ofSeconds(30);

    private final Clock clock = Clock.systemUTC();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private NotifySourceConfig config;
    private RetryPolicy retries;
    private final Map<String, SourceOffset> reached = new HashMap<>();
    private SendSource source;
    private Instant notBefore = Instant.MIN;
    private Instant nextSchemaLog = Instant.MIN;

    @Override
    public void start(Map<String, String> props) {
        config = new NotifySourceConfig(props);
        config.log(LOG);
        retries = new RetryPolicy("PostgreSQL", config.retry(), System::nanoTime);
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
        if (clock.instant().isBefore(notBefore)) {
            Duration left = Duration.between(clock.instant(), notBefore);
            stopped.await(Math.min(left.toMillis(), LONGEST_WAIT.toMillis()), TimeUnit.MILLISECONDS);
            return null;
        }
        if (stopped.getCount() == 0) {
            return null;
        }
        if (!retries.isReady()) {
            notBefore = clock.instant().plus(retries.pause());
            return null;
        }
        try {
            if (source == null) {
                source = SendSource.open(config, clock, stopped, this::offset);
            }
            List<SourceRecord> records = source.poll();
            reached.put(source.origin(), source.offset());
            retries.succeeded();
            return records.isEmpty() ? null : records;
        } catch (SchemaMissingException e) {
            retries.succeeded();
            waitForSchema(e.getMessage());
        } catch (SQLException thrown) {
            closeSource();
            SQLException e = SqlFaults.withoutValues(thrown); // dispatch runs triggers of applications
            if (SqlFaults.isMissing(e)) {
                retries.succeeded();
                waitForSchema(e.getMessage());
                return null;
            }
            if (!SqlFaults.isTransient(thrown)) {
                throw new ConnectException("PostgreSQL refuses what the source does: " + SqlFaults.describe(e), e);
            }
            notBefore = clock.instant().plus(retries.failed(e));
        }
        return null;
    }

    @Override
    public void stop() {
        stopped.countDown();
        closeSource();
    }

    @Override
    public String version() {
        return Version.get();
    }

    /** Where to go on: what this task has handed over is ahead of what Connect has stored. */
    private SourceOffset offset(String origin) {
        SourceOffset handedOver = reached.get(origin);
        return handedOver != null
                ? handedOver
                : SourceOffset.of(context.offsetStorageReader().offset(SourceOffset.partition(origin)));
    }

    private void waitForSchema(String why) {
        Instant now = clock.instant();
        if (!now.isBefore(nextSchemaLog)) {
            LOG.warn("waiting: {}", why);
            nextSchemaLog = now.plus(SCHEMA_LOG_INTERVAL);
        }
        notBefore = now.plus(LONGEST_WAIT);
    }

    private void closeSource() {
        if (source != null) {
            source.close();
            source = null;
        }
    }
}
