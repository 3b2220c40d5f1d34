package dev.etcdpg.testing.kit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A clock in UTC that a test moves forward. Thread-safe. */
public final class TestClock extends Clock {

    /** Where a stopped clock begins: 2027-01-15T08:00:00Z. */
    public static final Instant START = Instant.ofEpochMilli(1_800_000_000_000L);

    private final boolean ticking;
    private final AtomicLong aheadNanos = new AtomicLong();

    private TestClock(boolean ticking) {
        this.ticking = ticking;
    }

    /** Returns a clock that begins at {@link #START} and moves only with {@link #advance}. */
    public static TestClock stopped() {
        return new TestClock(false);
    }

    /** Returns the system's clock, which {@link #advance} moves ahead of the system. */
    public static TestClock ticking() {
        return new TestClock(true);
    }

    public void advance(Duration by) {
        aheadNanos.addAndGet(by.toNanos());
    }

    /** Replaces {@link System#nanoTime()}. The value moves together with {@link #instant()}; a stopped clock begins at {@link #START}. */
    public long nanoTime() {
        return (ticking ? System.nanoTime() : START.toEpochMilli() * 1_000_000) + aheadNanos.get();
    }

    @Override
    public Instant instant() {
        return (ticking ? Instant.now() : START).plusNanos(aheadNanos.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** @throws UnsupportedOperationException always: no code of this project asks for local time */
    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("the clock is in UTC only");
    }
}
