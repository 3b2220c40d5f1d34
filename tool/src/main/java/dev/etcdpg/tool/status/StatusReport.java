package dev.etcdpg.tool.status;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State of a deployment. A part that could not be read is empty, and a problem says why.
 *
 * @param routes state of each route, by the names of the columns
 * @param deadLetters number of records in each dead letter topic
 * @param problems sentences about what does not work
 */
public record StatusReport(
        List<Map<String, @Nullable Object>> routes,
        List<ConnectorLine> connectors,
        Map<String, Long> deadLetters,
        List<String> problems) {

    /**
     * A connector and its tasks.
     *
     * @param state {@code RUNNING}, {@code FAILED}, …, or {@code MISSING}
     * @param failure why the connector or a task has failed; empty otherwise
     */
    public record ConnectorLine(String name, String state, List<String> tasks, String failure) {}
}
