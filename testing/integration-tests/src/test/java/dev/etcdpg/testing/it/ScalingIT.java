package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.servers.ConnectWorker;
import dev.etcdpg.testing.stack.Stack;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Adds workers, tasks and partitions while both sides write. */
class ScalingIT {
    private final Sides sides = Sides.shared();

    @Test
    void aSecondWorkerJoinsAndIsKilled() {
        ConnectWorker second = sides.stack.worker(2);
        try (Load load = new Load(sides, "workers")) {
            second.start();
            await("the second worker has tasks").atMost(Duration.ofSeconds(90)).until(() -> Sides.CONNECTORS.stream()
                    .anyMatch(connector -> sides.connect()
                            .status(connector)
                            .toString()
                            .contains(second.url().substring("http://".length()))));
            second.kill();
            int written = load.written();
            await("the load goes on").until(() -> load.written() > written + 100);
        } finally {
            second.close();
        }
        sides.settle();
    }

    @Test
    void tasksAreAddedAndTakenAway() {
        long epoch = sides.epoch();
        try (Load load = new Load(sides, "tasks")) {
            for (int tasks : new int[] {4, 1, 2}) {
                for (String sink : new String[] {"pg-sink", "etcd-sink"}) {
                    sides.reconfigure(sink, Map.of("tasks.max", Integer.toString(tasks)));
                    await(sink + " has " + tasks + " tasks")
                            .atMost(Duration.ofSeconds(90))
                            .until(() ->
                                    sides.connect().status(sink).path("tasks").size() == tasks
                                            && sides.connect().isRunning(sink));
                }
                int written = load.written();
                await("the load goes on").until(() -> load.written() > written);
            }
        }
        sides.settle();
        assertThat(sides.epoch()).as("nothing was lost").isEqualTo(epoch);
    }

    @Test
    void theSourcesMayHaveDifferentNumbersOfPartitions() {
        sides.etcd.putMany(300, i -> key("different/" + i), i -> "first " + i);
        sides.settle();
        // a consumer that runs finds new partitions only after metadata.max.age.ms, 5 minutes
        sides.stop("pg-sink");
        int partitions = sides.ends(Stack.ETCD_TOPIC).size() + 1;
        sides.kafka.addPartitions(Stack.ETCD_TOPIC, partitions);
        sides.reconfigure("etcd-source", Map.of("partitions", Integer.toString(partitions)));
        sides.resume("pg-sink");
        sides.settle();
        assertThat(sides.config("pg-notify-source").get("partitions")).isNotEqualTo(Integer.toString(partitions));
        sides.postgres.execute("update etcd set value = 'local' where key like ?", key("different/1%"));
        sides.etcd.putMany(10, i -> key("different/2" + i), i -> "etcd " + i);
        sides.settle();
        assertThat(sides.etcd.get(key("different/1"))).isEqualTo("local");
        assertThat(sides.etcd.get(key("different/199"))).isEqualTo("local");
    }

    @Test
    void partitionsAreAdded() {
        sides.etcd.putMany(300, i -> key("partitions/" + i), i -> "first " + i);
        sides.settle();
        sides.stop("pg-sink", "etcd-sink", "pg-notify-source");

        int partitions = sides.ends(Stack.ETCD_TOPIC).size() + 2;
        sides.kafka.addPartitions(Stack.ETCD_TOPIC, partitions);
        sides.kafka.addPartitions(Stack.PG_TOPIC, partitions);
        sides.reconfigure("etcd-source", Map.of("partitions", Integer.toString(partitions)));
        sides.connect().deleteOffsets("pg-notify-source");
        sides.reconfigure("pg-notify-source", Map.of("partitions", Integer.toString(partitions)));
        sides.postgres.execute("update etcd set value = 'local' where key = ?", key("partitions/1"));
        sides.etcd.put(key("partitions/2"), "etcd");
        sides.etcd.delete(key("partitions/3"));
        sides.resume("pg-sink", "etcd-sink", "pg-notify-source");

        sides.settle();
        assertThat(sides.etcd.get(key("partitions/1"))).isEqualTo("local");
        assertThat(sides.ends(Stack.ETCD_TOPIC)).hasSize(partitions);
    }
}
