package dev.etcdpg.tool.connect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * States of a connector and of its tasks.
 *
 * @param state {@code RUNNING}, {@code FAILED}, …
 * @param trace why the connector has failed; empty otherwise
 */
public record ConnectorStatus(String state, String trace, List<Task> tasks) {

    private static final String RUNNING = "RUNNING";
    private static final String FAILED = "FAILED";

    /** State of a task. */
    public record Task(int id, String state, String worker, String trace) {}

    static ConnectorStatus parse(JsonNode answer) {
        List<Task> tasks = new ArrayList<>();
        answer.path("tasks")
                .forEach(task -> tasks.add(new Task(
                        task.path("id").asInt(),
                        task.path("state").asText(),
                        task.path("worker_id").asText(),
                        task.path("trace").asText(""))));
        JsonNode connector = answer.path("connector");
        return new ConnectorStatus(
                connector.path("state").asText(), connector.path("trace").asText(""), tasks);
    }

    /** Returns whether the connector and all its tasks, at least one, run. */
    public boolean isRunning() {
        return state.equals(RUNNING)
                && !tasks.isEmpty()
                && tasks.stream().allMatch(task -> task.state().equals(RUNNING));
    }

    /** Returns the first sentence about a failure; empty if nothing has failed. */
    public Optional<String> failure() {
        if (state.equals(FAILED)) {
            return Optional.of(TraceText.sentence(trace));
        }
        return tasks.stream()
                .filter(task -> task.state().equals(FAILED))
                .findFirst()
                .map(task -> "Task " + task.id() + ": " + TraceText.sentence(task.trace()));
    }
}
