package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.plugin.PluginPath;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.ConnectWorker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Makes a snapshot whose records would not fit into the worker's heap. With {@code -Dlong} the snapshot has a million keys. */
class MemoryIT {
    private static final boolean LONG = System.getProperty("long") != null;
    private static final int KEYS = LONG ? 1_000_000 : 200_000;
    private static final int HEAP_MB = LONG ? 256 : 128;
    private static final String PREFIX = "/many/";
    private static final String VALUE = "v".repeat(90);

    private final Sides sides = Sides.shared();

    @Test
    void aSnapshotOfManyKeysRunsInASmallHeap() {
        String database = sides.stack.postgres().newDatabase("many");
        PostgresSide table = new PostgresSide(sides.stack.postgres(), database);
        sides.etcd.putMany(KEYS, i -> PREFIX + "%08d".formatted(i), i -> VALUE + "%010d".formatted(i));
        ConnectWorker worker = ConnectWorker.builder(sides.stack.kafka().bootstrap())
                .name("small")
                .heapMegabytes(HEAP_MB)
                .pluginPath(PluginPath.folder())
                .setting("topic.creation.enable", "true")
                .setting("group.id", "small")
                .setting("config.storage.topic", "small-configs")
                .setting("offset.storage.topic", "small-offsets")
                .setting("status.storage.topic", "small-statuses")
                .build();
        try (worker) {
            worker.start();
            Connect connect = worker.connect();
            long start = System.nanoTime();
            connect.put("many-source", source());
            await("the topic").until(() -> !sides.ends("many.etcd").isEmpty());
            connect.put("many-sink", sink(database));
            await("all " + KEYS + " rows")
                    .atMost(Duration.ofMinutes(LONG ? 20 : 5))
                    .pollInterval(Duration.ofSeconds(1))
                    .failFast("a connector failed or the worker died", () -> assertThat(worker.isRunning()
                                    && connect.failure("many-source") == null
                                    && connect.failure("many-sink") == null)
                            .isTrue())
                    .ignoreExceptions()
                    .until(() -> table.number("select count(*) from etcd") == KEYS);
            System.out.printf(
                    "%,d keys through a worker with -Xmx%dm in %d s%n",
                    KEYS, HEAP_MB, Duration.ofNanos(System.nanoTime() - start).toSeconds());

            assertThat(table.all("etcd").equals(EtcdEntries.below(sides.etcd, PREFIX)))
                    .as("both sides are equal")
                    .isTrue();
            connect.delete("many-source");
            connect.delete("many-sink");
        } finally {
            sides.etcd.deletePrefix(PREFIX);
        }
    }

    private Map<String, String> source() {
        Map<String, String> config = new HashMap<>(sides.config("etcd-source"));
        config.put("name", "many-source");
        config.put("etcd.prefix", PREFIX);
        config.put("topic.prefix", "many");
        config.put("dead.letter.topic", "many.dlq");
        return config;
    }

    private Map<String, String> sink(String database) {
        Map<String, String> config = new HashMap<>(sides.config("pg-sink"));
        config.put("name", "many-sink");
        config.put("etcd.prefix", PREFIX);
        config.put("topic.prefix", "many");
        config.put("topics", "many.etcd");
        config.put("connection.url", sides.stack.postgres().jdbcUrl(database));
        return config;
    }
}
