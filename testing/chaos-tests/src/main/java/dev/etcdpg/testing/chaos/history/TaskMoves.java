package dev.etcdpg.testing.chaos.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How often tasks moved from worker to worker, and zombies woke up, as the workers' logs tell. */
public final class TaskMoves {
    private final Map<String, Set<String>> running = new HashMap<>();
    private final Map<String, String> lastWorker = new HashMap<>();
    private long moved;
    private long zombies;

    /** @param news of all workers, lines of their logs that were not read before */
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

    /** Counts from now on; what runs where stays known. */
    public void begin() {
        moved = 0;
        zombies = 0;
    }

    /** Tasks that began on another worker than the last time. */
    public long moved() {
        return moved;
    }

    /** Tasks that were fenced or stopped on a worker after they had begun on another: it had been away, and went on. */
    long zombies() {
        return zombies;
    }

    public Map<String, Long> counts() {
        return Map.of("tasks moved to another worker", moved, "zombies woken up", zombies);
    }
}
