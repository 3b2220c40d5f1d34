package dev.etcdpg.etcd.source.partition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The key ranges that a task reads. Connect's config providers replace variables in every setting of a task, and a key can look like a
 * variable. Therefore the setting holds no key as it is: the whole assignment is encoded.
 *
 * @param parts the key ranges
 * @param layouts the layouts of their routes, by names of routes
 */
public record TaskAssignment(List<Part> parts, Map<String, Layout> layouts) {

    /** A key range of a route. */
    public record Part(String route, KeyRange range) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns the assignment of all routes, each as one range. */
    public static TaskAssignment ofAll(List<Route> routes) {
        return of(
                routes.stream()
                        .map(route -> new Part(route.name(), KeyRange.ALL))
                        .toList(),
                routes.stream().collect(Collectors.toMap(Route::name, route -> Layout.whole(route.prefix()))));
    }

    /** Deals the ranges of all routes to the tasks in turn. The same layouts give the same assignments. */
    public static List<TaskAssignment> deal(Map<String, Layout> layouts, int maxTasks) {
        List<List<Part>> dealt = new ArrayList<>();
        int next = 0;
        for (Map.Entry<String, Layout> entry : layouts.entrySet()) {
            for (KeyRange range : entry.getValue().ranges()) {
                if (dealt.size() < maxTasks) {
                    dealt.add(new ArrayList<>());
                }
                dealt.get(next++ % maxTasks).add(new Part(entry.getKey(), range));
            }
        }
        return dealt.stream().map(parts -> of(parts, layouts)).toList();
    }

    private static TaskAssignment of(List<Part> parts, Map<String, Layout> layouts) {
        Map<String, Layout> own = new TreeMap<>();
        parts.forEach(part -> own.computeIfAbsent(part.route(), layouts::get));
        return new TaskAssignment(List.copyOf(parts), own);
    }

    /** Returns the layout of a part's route. */
    public Layout layout(Part part) {
        Layout layout = layouts.get(part.route());
        if (layout == null) {
            throw new ConnectException("The assignment of the task has no layout of route " + part.route() + ".");
        }
        return layout;
    }

    /** Returns the text of the assignment for a setting: its JSON in URL-safe Base64 without padding. */
    public String encode() {
        try {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an assignment always becomes JSON", e);
        }
    }

    /** @throws ConnectException if the text is not an assignment */
    public static TaskAssignment decode(String text) {
        try {
            return JSON.readValue(Base64.getUrlDecoder().decode(text), TaskAssignment.class);
        } catch (IOException | IllegalArgumentException e) {
            throw new ConnectException(
                    "Cannot read the assignment of the task. Restart the connector to assign its key ranges anew.", e);
        }
    }
}
