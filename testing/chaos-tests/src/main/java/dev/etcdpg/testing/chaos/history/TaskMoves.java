package dev.etcdpg.testing.chaos.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts, from the workers' logs, how often tasks moved to another worker and how often zombie tasks woke up. */
public final class TaskMoves {
    private final Map<String, Set<String>> running = new HashMap<>();
    private final Map<String, String> lastWorker = new HashMap<>();
    private long moved;
    private long zombies;

    /** @param news new lines of the logs, by worker */
    public void read(Map<String, List<String>> news) {
        List<TaskEvent> events = new ArrayList<>();
        news.forEach((worker, lines) -> events.addAll(TaskEvent.in(worker, lines)));
        events.sort(Comparator.comparing(TaskEvent::time));
        events.forEach(this::read);
    }

    private void read(TaskEvent event) {
        Set<String> tasks = running.computeIfAbsent(event.worker(), name -> new HashSet<>());
        switch (event.kind()) {
            case WORKER_STARTS -> tasks.clear();
            case STARTS -> {
                tasks.add(event.task());
                String before = lastWorker.put(event.task(), event.worker());
                if (before != null && !before.equals(event.worker())) {
                    moved++;
                }
            }
            case STOPS, FAILS -> {
                if (tasks.remove(event.task()) && !event.worker().equals(lastWorker.get(event.task()))) {
                    zombies++;
                }
            }
        }
    }

    /** Starts to count. The known places of tasks stay known. */
    public void begin() {
        moved = 0;
        zombies = 0;
    }

    /** The number of tasks that began on another worker than the time before. */
    public long moved() {
        return moved;
    }

    /** The number of zombies: tasks that a worker fenced or stopped after another worker had begun them. */
    long zombies() {
        return zombies;
    }

    public Map<String, Long> counts() {
        return Map.of("tasks moved to another worker", moved, "zombies woken up", zombies);
    }
}
