/**
 * Metrics of the connectors. A {@link dev.etcdpg.core.metrics.MetricCatalog} declares the metrics of a connector, a {@link
 * dev.etcdpg.core.metrics.MetricSet} measures, and {@link dev.etcdpg.core.metrics.MetricOutlet}s show the values: through the worker's plugin
 * metrics, or as JMX beans of the same names on workers before Kafka 4.1.
 */
@NullMarked
package dev.etcdpg.core.metrics;

import org.jspecify.annotations.NullMarked;
