package dev.etcdpg.testing.chaos.history;

import dev.etcdpg.testing.chaos.nemesis.FaultKind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An event of a task in a worker's log.
 *
 * @param time the time in the log; texts sort in the order of time
 * @param task its name; empty for an event of the worker itself
 * @param failure the reason of a failure; null for other kinds
 */
public record TaskEvent(String time, String worker, FaultKind kind, String task, TaskFailure failure) {
    private static final Pattern TIME = Pattern.compile("\\[([^]]+)] .*");
    private static final Pattern STARTS = Pattern.compile(".* Starting task (\\S+) \\(.*");
    private static final Pattern STOPS = Pattern.compile(".* Stopping task (\\S+) \\(.*");
    private static final String WORKER_STARTS = " INFO Worker starting (";

    enum FaultKind {
        /** The worker starts and has no tasks yet. */
        WORKER_STARTS,
        STARTS,
        STOPS,
        FAILS
    }

    /** @param news lines of the worker's log, failures with their traces */
    static List<TaskEvent> in(String worker, List<String> news) {
        List<TaskEvent> events = new ArrayList<>();
        for (int i = 0; i < news.size(); i++) {
            Matcher time = TIME.matcher(news.get(i));
            if (time.matches()) {
                TaskEvent event = at(time.group(1), worker, news, i);
                if (event != null) {
                    events.add(event);
                }
            }
        }
        return events;
    }

    private static TaskEvent at(String time, String worker, List<String> news, int i) {
        String line = news.get(i);
        if (line.contains(WORKER_STARTS)) {
            return new TaskEvent(time, worker, FaultKind.WORKER_STARTS, "", null);
        }
        Matcher starts = STARTS.matcher(line);
        if (starts.matches()) {
            return new TaskEvent(time, worker, FaultKind.STARTS, starts.group(1), null);
        }
        Matcher stops = STOPS.matcher(line);
        if (stops.matches()) {
            return new TaskEvent(time, worker, FaultKind.STOPS, stops.group(1), null);
        }
        return TaskFailure.at(news, i)
                .map(failure -> new TaskEvent(time, worker, FaultKind.FAILS, failure.name(), failure))
                .orElse(null);
    }
}
