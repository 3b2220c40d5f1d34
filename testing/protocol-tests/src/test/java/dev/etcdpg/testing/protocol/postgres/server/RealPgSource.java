package dev.etcdpg.testing.protocol.postgres.server;

import dev.etcdpg.pg.source.NotifySourceConfig;
import dev.etcdpg.pg.source.NotifySourceMetrics;
import dev.etcdpg.pg.source.SchemaMissingException;
import dev.etcdpg.pg.source.SendOffset;
import dev.etcdpg.pg.source.SendSource;
import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.protocol.postgres.PostgresSide;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.connect.source.SourceRecord;

/** The notify source without its Connect task, on a real PostgreSQL, with the clock of the history. */
public final class RealPgSource implements PostgresSide.Source {

    private final TestClock clock;
    private final SendSource source;

    /** @param stored the offset to start at, or null */
    RealPgSource(TestClock clock, Map<String, String> settings, Map<String, ?> stored) {
        this.clock = clock;
        try {
            // the source never waits, because the latch is open
            source = Objects.requireNonNull(SendSource.open(
                    new NotifySourceConfig(settings),
                    clock::nanoTime,
                    new CountDownLatch(0),
                    origin -> SendOffset.of(stored),
                    routes -> true,
                    NotifySourceMetrics.hidden()));
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

    /** Returns nothing: {@link #poll} returns the heartbeats. */
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
