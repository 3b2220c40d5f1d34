package dev.etcdpg.testing.chaos.nemesis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.testing.chaos.history.Journal;
import dev.etcdpg.testing.chaos.history.TaskFailure;
import dev.etcdpg.testing.chaos.history.TaskLives;
import dev.etcdpg.testing.chaos.history.WorkerLogs;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.ServerException;
import dev.etcdpg.testing.stack.Examples;
import dev.etcdpg.testing.stack.Stack;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tends the connectors: resumes paused connectors, and restarts tasks that Kafka failed or lost track of, like a task whose transaction
 * the broker ended because a fault was longer than the timeout. Thread-safe.
 */
public final class Operator {
    private static final Set<String> HALTED = Set.of("PAUSED", "STOPPED");
    private static final String RUNNING = "RUNNING";
    private static final String UNASSIGNED = "UNASSIGNED";
    /** Longer than a rebalance. */
    private static final Duration LONG = Duration.ofSeconds(20);

    /** The time until the status shows a restart. */
    private static final Duration MOMENT = Duration.ofSeconds(5);

    /** Restarts of a connector and its tasks in a round. More failures have another reason. */
    private static final int RESTARTS = 5;

    private static final String WORKERS = "workers";

    private final Stack stack;
    private final AnsweringWorker rest;
    private final Journal journal;
    private final WorkerLogs logs;
    private final TaskLives lives = new TaskLives();
    private final Map<String, Integer> restarts = new HashMap<>();
    private final Map<String, Long> restartedAt = new HashMap<>();
    /** The times since which a connector or task has a wrong state. */
    private final Map<String, Long> since = new HashMap<>();

    public Operator(Stack stack, AnsweringWorker rest, Journal journal) {
        this.stack = stack;
        this.rest = rest;
        this.journal = journal;
        this.logs = new WorkerLogs(stack);
        logs.read().forEach(lives::read);
    }

    synchronized void beginRound() {
        restarts.clear();
        since.clear();
    }

    /** Looks at the connectors once and repairs them. Returns whether all are RUNNING, or one has failed that must not be restarted. */
    synchronized boolean look() {
        boolean running = true;
        try {
            for (String connector : Examples.NAMES) {
                running &= runs(connector);
            }
            running &= noneIsDead();
        } catch (ServerException e) {
            if (isForWantOfPrivileges(e)) {
                restartWorkers();
            } // else they rebalance
            return false;
        }
        return running;
    }

    /** Whether the leader has lost the privilege to write configurations. It does not claim the privilege again (Kafka 4.3.1). */
    static boolean isForWantOfPrivileges(ServerException e) {
        return e.getMessage().contains("without claiming write privileges first");
    }

    private void restartWorkers() {
        if (mayRestart(WORKERS)) {
            restart(WORKERS, "the workers, whose leader cannot write configurations any more", () -> stack.workers()
                    .forEach(worker -> {
                        worker.kill();
                        worker.start();
                    }));
        }
    }

    private boolean runs(String connector) {
        Connect connect = rest.connect();
        JsonNode status = connect.status(connector);
        if (HALTED.contains(status.path("connector").path("state").asText())) {
            connect.resume(connector);
            return false;
        }
        if (isFailedByKafka(status.path("connector"), connector)) {
            restart(connector, connector + ", failed by Kafka", () -> connect.restart(connector));
            return false;
        }
        Optional<String> untrue = untrue(status);
        if (untrue.isEmpty()) {
            since.remove(connector);
        } else if (isSoForLong(connector) && mayRestart(connector)) {
            restart(connector, connector + ", which is " + untrue.get(), () -> connect.restart(connector));
            return false;
        }
        for (JsonNode task : status.path("tasks")) {
            if (isFailedByKafka(task, connector)) {
                int id = task.path("id").asInt();
                restart(
                        connector,
                        "what Kafka has failed: " + failure(task, connector),
                        () -> connect.restartTask(connector, id));
                return false;
            }
        }
        return connect.isRunning(connector) || connect.failure(connector) != null;
    }

    /**
     * Returns a state that the status shows wrongly. After a rebalance, running connectors and tasks can stay UNASSIGNED. A sink task that was
     * retrying when its connector was resumed can stay PAUSED although it runs.
     */
    static Optional<String> untrue(JsonNode status) {
        String connector = status.path("connector").path("state").asText();
        if (connector.equals(UNASSIGNED)) {
            return Optional.of(UNASSIGNED);
        }
        for (JsonNode task : status.path("tasks")) {
            String state = task.path("state").asText();
            if (state.equals(UNASSIGNED) || connector.equals(RUNNING) && HALTED.contains(state)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    private boolean noneIsDead() {
        logs.read().forEach(lives::read);
        List<TaskFailure> dead = lives.dead();
        for (TaskFailure task : dead) {
            if (isSoForLong(task.name()) && mayRestart(task.connector())) {
                restart(task.connector(), "what Kafka has failed and taken for RUNNING: " + task, () -> {
                    rest.connect().restartTask(task.connector(), task.task());
                    lives.restarted(task);
                });
            }
        }
        return dead.isEmpty();
    }

    private boolean isSoForLong(String what) {
        long now = System.nanoTime();
        return now - since.computeIfAbsent(what, name -> now) > LONG.toNanos();
    }

    private static TaskFailure failure(JsonNode part, String connector) {
        return TaskFailure.of(
                connector, part.path("id").asInt(-1), part.path("trace").asText());
    }

    private boolean isFailedByKafka(JsonNode part, String connector) {
        return part.path("state").asText().equals("FAILED")
                && failure(part, connector).isByKafka()
                && mayRestart(connector);
    }

    private boolean mayRestart(String connector) {
        return restarts.getOrDefault(connector, 0) < RESTARTS;
    }

    private void restart(String connector, String what, Runnable how) {
        long now = System.nanoTime();
        Long last = restartedAt.get(connector);
        if (last != null && now - last < MOMENT.toNanos()) {
            return;
        }
        restartedAt.put(connector, now);
        restarts.merge(connector, 1, Integer::sum);
        journal.say("the operator restarts " + what);
        journal.count("restarted by the operator");
        how.run();
    }
}
