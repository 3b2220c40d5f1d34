package dev.etcdpg.testing.chaos.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The places of running tasks, from the workers' logs. Connect's status can be wrong: when one worker fences a task and the other worker
 * stops it at the same moment, each worker takes the task for running, and the status stays RUNNING (Kafka 4.3.1).
 */
public final class TaskLives {
    private final Map<String, Set<String>> running = new HashMap<>();
    private final Map<String, TaskFailure> failed = new HashMap<>();

    /** @param news new lines of the worker's log, failures with their traces */
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

    /** Returns the tasks that Kafka failed and that run on no worker. */
    public List<TaskFailure> dead() {
        return List.copyOf(failed.values());
    }

    /** Records that a task was restarted. */
    public void restarted(TaskFailure task) {
        failed.remove(task.name());
    }
}
