package dev.etcdpg.testing.chaos.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which tasks run where, as the workers' logs tell. Connect's status does not: when a task was fenced on a worker that was away, and
 * stopped on the other one in the same moment, each believes that it runs, and the status stays RUNNING for good (Kafka 4.3.1).
 */
public final class TaskLives {
    private final Map<String, Set<String>> running = new HashMap<>();
    private final Map<String, TaskFailure> failed = new HashMap<>();

    /** @param news lines of the worker's log that were not read before; a failure with its trace */
    public void read(String worker, List<String> news) {
        Set<String> tasks = running.computeIfAbsent(worker, name -> new HashSet<>());
        for (TaskEvent event : TaskEvent.in(worker, news)) {
            switch (event.kind()) {
                case WORKER_STARTS -> tasks.clear();
                case STARTS -> tasks.add(event.task());
                case STOPS -> tasks.remove(event.task());
                case FAILS -> {
                    tasks.remove(event.task());
                    if (event.failure().isByKafka()) {
                        failed.put(event.task(), event.failure());
                    }
                }
            }
        }
        running.values().forEach(failed.keySet()::removeAll);
    }

    /** Tasks that Kafka has failed and that run nowhere. */
    public List<TaskFailure> dead() {
        return List.copyOf(failed.values());
    }

    /** It is restarted, somewhere. */
    public void restarted(TaskFailure task) {
        failed.remove(task.name());
    }
}
