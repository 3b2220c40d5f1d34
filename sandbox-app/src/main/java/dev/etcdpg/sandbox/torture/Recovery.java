package dev.etcdpg.sandbox.torture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.sandbox.Stack;
import dev.etcdpg.servers.Connect;
import dev.etcdpg.servers.LocalServer;
import dev.etcdpg.servers.ServerException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Undoes what faults may have left: servers that are down, links, connectors that are paused. It is also the operator who restarts
 * what Kafka itself has failed, like a task whose transaction the broker ended in a fault longer than its timeout.
 */
final class Recovery {
    private static final Set<String> HALTED = Set.of("PAUSED", "STOPPED");
    private static final String UNASSIGNED = "UNASSIGNED";
    /** Longer than a rebalance. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final Duration PATIENCE = Duration.ofSeconds(180);
    /** Of a connector and its tasks in one round; what fails more often has another reason. */
    private static final int RESTARTS = 5;

    private static final long POLL_MS = 200;
    private static final long TEND_MS = 1_000;

    private final Stack stack;
    private final Links links;
    private final Rest rest;
    private final Journal journal;
    private final WorkerLogs logs;
    private final TaskLives lives = new TaskLives();
    private final Map<String, Integer> restarts = new ConcurrentHashMap<>();
    /** Since when something is as it should not stay. */
    private final Map<String, Long> since = new ConcurrentHashMap<>();

    Recovery(Stack stack, Links links, Rest rest, Journal journal) {
        this.stack = stack;
        this.links = links;
        this.rest = rest;
        this.journal = journal;
        this.logs = new WorkerLogs(stack);
        logs.read().forEach(lives::read);
    }

    /**
     * Returns when all is RUNNING, or it is clear that something failed, or after {@link #PATIENCE}; the judgement says
     * which.
     */
    void heal() throws InterruptedException {
        restarts.clear();
        since.clear();
        links.heal();
        for (LocalServer server : stack.servers()) {
            if (server.isStopped()) {
                server.cont();
            }
            Insistence.on(server::start);
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!allRunning() && System.nanoTime() < end) {
            Thread.sleep(POLL_MS);
        }
    }

    /**
     * Looks after the connectors while something else runs, in this thread: a request that found no answer in the storm may be
     * carried out much later (a stop was seen 26 s after it was sent, when all had been RUNNING again).
     */
    <T> T tendWhile(ExecutorService threads, Supplier<T> something) throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        Future<?> tending = threads.submit(() -> {
            while (!over.get()) {
                allRunning();
                Thread.sleep(TEND_MS);
            }
            return null;
        });
        try {
            return something.get();
        } finally {
            over.set(true);
            await(tending);
        }
    }

    private static void await(Future<?> tending) throws InterruptedException {
        try {
            tending.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the connectors could not be looked after", e.getCause());
        }
    }

    private boolean allRunning() {
        boolean running = true;
        try {
            for (String connector : Connectors.NAMES) {
                running &= runs(connector);
            }
            running &= noneIsDead();
        } catch (ServerException rebalancing) {
            return false;
        }
        return running;
    }

    private boolean runs(String connector) {
        Connect connect = rest.connect();
        JsonNode status = connect.status(connector);
        if (HALTED.contains(status.path("connector").path("state").asText())) {
            connect.resume(connector);
            return false;
        }
        if (failedByKafka(status.path("connector"), connector, -1)) {
            connect.restart(connector);
            return false;
        }
        if (isUnassigned(status) && isSoForLong(connector) && mayRestart(connector)) {
            tell(connector + ", which is UNASSIGNED");
            connect.restart(connector);
            return false;
        }
        for (JsonNode task : status.path("tasks")) {
            if (failedByKafka(task, connector, task.path("id").asInt())) {
                connect.restartTask(connector, task.path("id").asInt());
                return false;
            }
        }
        return connect.isRunning(connector) || connect.failure(connector) != null;
    }

    /** Of the connector or a task; after a rebalance it may stay so, though it runs. */
    private boolean isUnassigned(JsonNode status) {
        boolean is = status.path("connector").path("state").asText().equals(UNASSIGNED);
        for (JsonNode task : status.path("tasks")) {
            is |= task.path("state").asText().equals(UNASSIGNED);
        }
        if (!is) {
            since.remove(status.path("name").asText());
        }
        return is;
    }

    private boolean noneIsDead() {
        logs.read().forEach(lives::read);
        List<TaskFailure> dead = lives.dead();
        for (TaskFailure task : dead) {
            if (isSoForLong(task.name()) && mayRestart(task.connector())) {
                tell("what Kafka has failed, and does not know: " + task);
                rest.connect().restartTask(task.connector(), task.task());
                lives.restarted(task);
                since.remove(task.name());
            }
        }
        return dead.isEmpty();
    }

    private boolean isSoForLong(String what) {
        long now = System.nanoTime();
        return now - since.computeIfAbsent(what, name -> now) > LONG.toNanos();
    }

    private boolean mayRestart(String connector) {
        return restarts.merge(connector, 1, Integer::sum) <= RESTARTS;
    }

    private void tell(String what) {
        journal.say("the operator restarts " + what);
        journal.count("restarted by the operator");
    }

    private boolean failedByKafka(JsonNode part, String connector, int task) {
        TaskFailure failure = TaskFailure.of(connector, task, part.path("trace").asText());
        if (!part.path("state").asText().equals("FAILED") || !failure.isByKafka() || !mayRestart(connector)) {
            return false;
        }
        tell("what Kafka has failed: " + failure);
        return true;
    }
}
