package dev.etcdpg.testing.model;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The one time of a history. It moves when the history says so. */
public final class ModelClock extends Clock {

    private long millis = 1_800_000_000_000L;

    public void pass(long time) {
        millis += time;
    }

    @Override
    public long millis() {
        return millis;
    }

    /** As {@link System#nanoTime()}. */
    public long nanoTime() {
        return millis * 1_000_000;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
