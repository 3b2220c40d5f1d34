package dev.etcdpg.core.metrics;

import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** A number that can grow and shrink. It is unknown (NaN) until it is set. Thread-safe. */
public final class Gauge {

    private volatile double value = Double.NaN;
    private volatile @Nullable DoubleSupplier source;

    public void set(double now) {
        value = now;
        source = null;
    }

    public void set(long now) {
        set((double) now);
    }

    public void set(boolean now) {
        set(now ? 1L : 0L);
    }

    /** Makes the gauge unknown. */
    public void clear() {
        set(Double.NaN);
    }

    /** @param current gives the value whenever somebody reads the gauge, on any thread; it must be fast and must not throw */
    public void follow(DoubleSupplier current) {
        source = current;
    }

    public double get() {
        DoubleSupplier current = source;
        return current == null ? value : current.getAsDouble();
    }
}
