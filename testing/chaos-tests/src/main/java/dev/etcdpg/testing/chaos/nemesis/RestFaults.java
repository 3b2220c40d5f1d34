package dev.etcdpg.testing.chaos.nemesis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.testing.servers.ServerException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Faults through the REST API: an operator's actions. */
public final class RestFaults {
    /** Settings that can change at any time, with their values. The checker assumes conflation of at least 10 changes. */
    private static final Map<String, Map<String, List<Integer>>> SETTINGS = Map.of(
            "etcd-source",
            Map.of(
                    "max.batch.size", List.of(10, 50, 2_048),
                    "max.queue.size", List.of(1, 100, 8_192),
                    "snapshot.fetch.size", List.of(100, 700, 5_000),
                    "heartbeat.interval.ms", List.of(500, 2_000, 5_000)),
            "pg-sink",
            Map.of("tasks.max", List.of(1, 2, 4), "consumer.override.max.poll.records", List.of(10, 100, 2_000)),
            "pg-notify-source",
            Map.of(
                    "max.batch.size", List.of(10, 30, 1_000),
                    "poll.interval.ms", List.of(50, 500, 2_000),
                    "conflate.after", List.of(10, 20, 100),
                    "heartbeat.interval.ms", List.of(500, 2_000, 5_000)),
            "etcd-sink",
            Map.of(
                    "tasks.max", List.of(1, 2, 4),
                    "max.txn.keys", List.of(10, 20, 126),
                    "consumer.override.max.poll.records", List.of(10, 100, 2_000)));

    private final AnsweringWorker rest;

    RestFaults(AnsweringWorker rest) {
        this.rest = rest;
    }

    void pause(ScheduledFault step, Consumer<String> say) throws InterruptedException {
        try {
            rest.connect().pause(step.target());
            say.accept("pause " + step.target());
            Thread.sleep(step.lasts().toMillis());
        } finally {
            rest.resume(step.target());
        }
    }

    void stop(ScheduledFault step, Consumer<String> say) throws InterruptedException {
        try {
            rest.connect().stop(step.target());
            say.accept("stop " + step.target());
            Thread.sleep(step.lasts().toMillis());
        } finally {
            rest.resume(step.target());
        }
    }

    void restartConnector(ScheduledFault step, Consumer<String> say) {
        rest.connect().restart(step.target());
        say.accept("restart " + step.target() + " and its tasks");
    }

    void restartTask(ScheduledFault step, Consumer<String> say) {
        JsonNode tasks = rest.connect().status(step.target()).path("tasks");
        if (tasks.isEmpty()) {
            throw new ServerException(step.target() + " has no task to restart");
        }
        int task = tasks.path(new Random(step.draw()).nextInt(tasks.size()))
                .path("id")
                .asInt();
        rest.connect().restartTask(step.target(), task);
        say.accept("restart task " + task + " of " + step.target());
    }

    /** Changes a setting. The change stays. */
    void reconfigure(ScheduledFault step, Consumer<String> say) {
        Random random = new Random(step.draw());
        Map<String, String> changes = new HashMap<>();
        // Sorted, because the order of a map differs between JVMs.
        SETTINGS.get(step.target()).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(setting -> changes.put(
                        setting.getKey(),
                        Integer.toString(setting.getValue()
                                .get(random.nextInt(setting.getValue().size())))));
        Map<String, String> config = new HashMap<>(rest.config(step.target()));
        config.putAll(changes);
        rest.connect().put(step.target(), config);
        say.accept("reconfigure " + step.target() + ": " + changes);
    }
}
