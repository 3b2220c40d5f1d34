package dev.etcdpg.testing.it;

import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.stack.Examples;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Four more connectors on the servers of {@link Sides}, made from example configurations. They have a name, topics, bookkeeping and a database
 * of their own, so that a test can harm them without harm to other tests.
 */
final class ExampleSystem implements AutoCloseable {
    final String name;
    final String prefix;
    final PostgresSide postgres;
    private final Sides sides;
    /** The example files of connectors that do not use the file of their name. */
    private final Map<String, String> files;

    /**
     * Creates the database, whose name is the system's name.
     *
     * @param name letters, digits and _
     * @param files example files by connector, for example etcd-sink: routes/etcd-sink
     */
    ExampleSystem(Sides sides, String name, Map<String, String> files) {
        this.sides = sides;
        this.name = name;
        this.files = files;
        prefix = "/" + name + "/";
        sides.stack.postgres().createDatabase(name);
        postgres = new PostgresSide(sides.stack.postgres(), name);
    }

    /** A system with one route, {@code etcd}, whose prefix is "/name/". */
    ExampleSystem(Sides sides, String name) {
        this(sides, name, Map.of());
    }

    /** Returns a name that no system of this stack has. */
    static String unused(String prefix) {
        return prefix + "_" + Long.toString(System.currentTimeMillis(), 36);
    }

    /** Returns the connector's name in Connect. */
    String connector(String example) {
        return example + "-" + name;
    }

    String etcdTopic() {
        return "etcd-" + name + ".etcd";
    }

    String pgTopic() {
        return "pg-" + name + ".etcd";
    }

    String bookkeeping() {
        return "/" + name + "-bookkeeping/";
    }

    /** Starts the four connectors, and returns when they are RUNNING. */
    void start() {
        start(Map.of());
    }

    /**
     * Starts the four connectors with other settings.
     *
     * @param changes settings by example
     */
    void start(Map<String, Map<String, String>> changes) {
        Examples.NAMES.forEach(example -> put(example, changes.getOrDefault(example, Map.of())));
        Examples.NAMES.forEach(example -> sides.awaitRunning(connector(example)));
    }

    /** Creates or changes a connector. */
    void put(String example, Map<String, String> changes) {
        Map<String, String> config = config(example);
        config.putAll(changes);
        sides.connect().put(connector(example), config);
    }

    /** Returns the configuration of a connector. */
    Map<String, String> config(String example) {
        Map<String, String> config = sides.example(files.getOrDefault(example, example), prefix, name);
        config.replace("topic.prefix", config.get("topic.prefix") + "-" + name);
        config.computeIfPresent("topics", (setting, topics) -> Arrays.stream(topics.split(","))
                .map(topic -> topic.replaceFirst("\\.", "-" + name + "."))
                .collect(Collectors.joining(",")));
        config.computeIfPresent("errors.deadletterqueue.topic.name", (setting, topic) -> example + "-" + name + ".dlq");
        if (example.startsWith("etcd")) {
            config.put("bookkeeping.prefix", bookkeeping());
        }
        return config;
    }

    /** Waits until the connector or a task of it has failed, and returns the trace. */
    String awaitFailure(String example) {
        await(connector(example) + " is FAILED").until(() -> sides.connect().failure(connector(example)) != null);
        return sides.connect().failure(connector(example));
    }

    /** Restarts the connector and its tasks, and returns when they are RUNNING. */
    void restart(String example) {
        sides.connect().restart(connector(example));
        sides.awaitRunning(connector(example));
    }

    /** Stops the connector and deletes its offsets. */
    void deleteOffsets(String example) {
        sides.stop(connector(example));
        sides.connect().deleteOffsets(connector(example));
    }

    /** Waits until the first snapshot has ended, so that changes of PostgreSQL are sent. */
    void awaitSnapshot() {
        await("the first snapshot")
                .ignoreExceptions()
                .until(() -> postgres.number("select count(*) from etcd_sync.etcd_snapshot") > 0);
    }

    /** Waits until the table exists and has exactly these values. */
    void awaitRows(String table, Map<String, String> values) {
        await(table + " has " + values.keySet()).ignoreExceptions().until(() -> postgres.all(table).values().stream()
                .collect(Collectors.toMap(entry -> entry.key(), entry -> entry.value()))
                .equals(values));
    }

    /** Deletes the connectors and the keys. The topics and the database stay. */
    @Override
    public void close() {
        for (String example : Examples.NAMES) {
            if (sides.connect().connectors().contains(connector(example))) {
                sides.connect().delete(connector(example));
            }
        }
        sides.etcd.deletePrefix(prefix);
    }
}
