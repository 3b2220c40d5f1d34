package dev.etcdpg.testing.protocol.postgres.server;

import dev.etcdpg.pg.source.NotifySourceConfig;
import dev.etcdpg.pg.source.SchemaMissingException;
import dev.etcdpg.pg.source.SendOffset;
import dev.etcdpg.pg.source.SendSource;
import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.protocol.postgres.ModelPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.connect.source.SourceRecord;

/** The PostgreSQL source as it is, on a real PostgreSQL, in the time of a history. */
public final class RealPgSource implements ModelPostgres.Source {

    private final TestClock clock;
    private final SendSource source;

    /** @param stored the offset to begin at, null for none */
    RealPgSource(TestClock clock, Map<String, String> settings, Map<String, ?> stored) {
        this.clock = clock;
        try {
            // it never waits: the latch is open
            source = SendSource.open(
                    new NotifySourceConfig(settings),
                    clock::nanoTime,
                    new CountDownLatch(0),
                    origin -> SendOffset.of(stored));
        } catch (SQLException | SchemaMissingException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public List<SourceRecord> poll() {
        clock.advance(Duration.ofMillis(20));
        try {
            return source.poll();
        } catch (SQLException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** It sends them by itself. */
    @Override
    public List<SourceRecord> heartbeats() {
        return List.of();
    }

    @Override
    public Map<String, ?> offset() {
        return source.offset().toMap();
    }

    @Override
    public void close() {
        source.close();
    }
}
