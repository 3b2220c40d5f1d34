package dev.etcdpg.core.metrics;

import java.util.Map;
import java.util.function.Supplier;

/** Shows values to users. Thread-safe. */
public interface MetricOutlet extends AutoCloseable {

    /**
     * Shows a value until the outlet is closed.
     *
     * @param tags in their order
     * @param value gives the present value, on any thread
     */
    void show(String name, String description, Map<String, String> tags, Supplier<Number> value);

    /** Removes all values. */
    @Override
    void close();
}
