package dev.etcdpg.testing.it;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Four more connectors on the servers of {@link Sides}, made from the examples. They have a prefix, topics, bookkeeping and a database of
 * their own, so that a test can count every dead letter. The database sorts text by Turkish rules, and a page of a snapshot has few keys.
 */
final class HostileSystem implements AutoCloseable {
    static final int PAGE = 23;
    static final int PARTITIONS = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    final Sides sides;
    final String name;
    /** The prefix of the route. */
    final String prefix;

    final String bookkeeping;
    /** The prefix of the keys whose records become samples of the connectors' records. */
    final String samples;

    final HostileTable table;
    final RawEtcd etcd;

    HostileSystem(Sides sides, String name) {
        this.sides = sides;
        this.name = name;
        prefix = "/" + name + "/";
        bookkeeping = "/" + name + "-bookkeeping/";
        samples = prefix + "sample/";
        sides.stack
                .postgres()
                .execute(
                        "postgres",
                        "create database " + name
                                + " template template0 encoding 'UTF8' locale 'C' locale_provider icu icu_locale 'tr-TR'");
        table = new HostileTable(sides.stack.postgres(), name);
        etcd = new RawEtcd(sides.stack.etcd());
    }

    String etcdTopic() {
        return "etcd-" + name + ".etcd";
    }

    String pgTopic() {
        return "pg-" + name + ".etcd";
    }

    /** The dead letter topic of the etcd source. */
    String unrepresentable() {
        return "etcd-" + name + ".dlq";
    }

    String pgSinkLetters() {
        return "pg-sink-" + name + ".dlq";
    }

    String etcdSinkLetters() {
        return "etcd-sink-" + name + ".dlq";
    }

    /** @param connector a name of the examples */
    String connector(String connector) {
        return connector + "-" + name;
    }

    /** A value that records, dead letters and rows have, and that no log may have. */
    String secret() {
        return "s3cr3t-" + name;
    }

    void start() {
        // As in docs/operations.md. Connect would create these topics with the broker's limit of 1 MiB.
        sides.kafka.create(1, Map.of("max.message.bytes", "16777216"), pgSinkLetters(), etcdSinkLetters());
        for (String connector : Sides.CONNECTORS) {
            sides.connect().put(connector(connector), config(connector));
        }
        awaitRunning();
        await("the table").until(() -> table.number("select count(*) from pg_tables where tablename = 'etcd'") == 1);
    }

    void awaitRunning() {
        Sides.CONNECTORS.forEach(connector -> sides.awaitRunning(connector(connector)));
    }

    private Map<String, String> config(String connector) {
        Map<String, String> config = sides.example(connector, prefix, name);
        switch (connector) {
            case "etcd-source" -> {
                config.put("topic.prefix", "etcd-" + name);
                config.put("snapshot.fetch.size", Integer.toString(PAGE));
                config.put("heartbeat.interval.ms", "1000");
            }
            case "pg-sink" -> {
                config.put("topic.prefix", "etcd-" + name);
                config.put("topics", etcdTopic());
                config.put("errors.deadletterqueue.topic.name", pgSinkLetters());
            }
            case "pg-notify-source" -> {
                config.put("topic.prefix", "pg-" + name);
                config.put("heartbeat.interval.ms", "1000");
            }
            default -> {
                config.put("topic.prefix", "pg-" + name);
                config.put("topics", pgTopic());
                config.put("errors.deadletterqueue.topic.name", etcdSinkLetters());
            }
        }
        if (connector.startsWith("etcd")) {
            config.put("bookkeeping.prefix", bookkeeping);
        }
        return config;
    }

    void awaitEqual() {
        await("both sides are equal")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(this::difference, List::isEmpty);
    }

    /** Returns the keys, without values, that differ between etcd and the table. Entries that PostgreSQL cannot hold do not count. */
    List<String> difference() {
        failOnFailure();
        Map<String, RawEtcd.Held> there = new HashMap<>(etcd.all(prefix));
        there.entrySet()
                .removeIf(held ->
                        !new HostileEntry("", held.getKey(), held.getValue().value()).fits());
        Map<String, RawEtcd.Held> here = table.all();
        if (there.equals(here)) {
            long pending = table.pending();
            return pending == 0 ? List.of() : List.of(pending + " changes are pending");
        }
        there.keySet().forEach(key -> here.putIfAbsent(key, new RawEtcd.Held(null, -1, 0)));
        return here.keySet().stream()
                .filter(key -> !here.get(key).equals(there.get(key)))
                .map(HostileEntry::text)
                .map(key -> key.substring(0, Math.min(80, key.length())))
                .limit(20)
                .toList();
    }

    void failOnFailure() {
        for (String connector : Sides.CONNECTORS) {
            String failure = sides.connect().failure(connector(connector));
            if (failure != null) {
                throw new AssertionError(connector + " failed: " + failure);
            }
        }
    }

    @Override
    public void close() {
        for (String connector : Sides.CONNECTORS) {
            if (sides.connect().connectors().contains(connector(connector))) {
                sides.connect().delete(connector(connector));
            }
        }
        etcd.close();
    }

    /** Returns the logs of the workers, to search them. */
    List<Path> logs() {
        return sides.stack.workers().stream().map(worker -> worker.log()).toList();
    }

    static String unused() {
        return "hostile_" + Long.toString(System.currentTimeMillis(), 36);
    }
}
