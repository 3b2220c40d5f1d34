package dev.etcdpg.sandbox.torture;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which tasks run where, as the workers' logs tell. Connect's status does not: when a task was fenced on a worker that was away, and
 * stopped on the other one in the same moment, each believes that it runs, and the status stays RUNNING for good (Kafka 4.3.1).
 */
final class TaskLives {
    private static final Pattern STARTS = Pattern.compile(".* Starting task (\\S+) \\(.*");
    private static final Pattern STOPS = Pattern.compile(".* Stopping task (\\S+) \\(.*");
    private static final String WORKER_STARTS = " INFO Worker starting (";

    private final Map<String, Set<String>> running = new HashMap<>();
    private final Map<String, TaskFailure> failed = new HashMap<>();

    /** @param news lines of the worker's log that were not read before; a failure with its trace */
    void read(String worker, List<String> news) {
        Set<String> tasks = running.computeIfAbsent(worker, name -> new HashSet<>());
        for (int i = 0; i < news.size(); i++) {
            String line = news.get(i);
            Matcher starts = STARTS.matcher(line);
            Matcher stops = STOPS.matcher(line);
            if (line.contains(WORKER_STARTS)) {
                tasks.clear();
            } else if (starts.matches()) {
                tasks.add(starts.group(1));
            } else if (stops.matches()) {
                tasks.remove(stops.group(1));
            } else {
                TaskFailure.at(news, i).ifPresent(failure -> {
                    tasks.remove(failure.name());
                    if (failure.isByKafka()) {
                        failed.put(failure.name(), failure);
                    }
                });
            }
        }
        running.values().forEach(failed.keySet()::removeAll);
    }

    /** Tasks that Kafka has failed and that run nowhere. */
    List<TaskFailure> dead() {
        return List.copyOf(failed.values());
    }

    /** It is restarted, somewhere. */
    void restarted(TaskFailure task) {
        failed.remove(task.name());
    }
}
