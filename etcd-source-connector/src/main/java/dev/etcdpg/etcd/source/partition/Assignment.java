package dev.etcdpg.etcd.source.partition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * What a task reads.
 *
 * @param parts ranges of routes
 * @param layouts of these routes, by their names
 */
public record Assignment(List<Part> parts, Map<String, Layout> layouts) {

    /** A key range of a route. */
    public record Part(String route, KeyRange range) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Every route, whole. */
    public static Assignment ofAll(List<Route> routes) {
        return of(
                routes.stream()
                        .map(route -> new Part(route.name(), KeyRange.ALL))
                        .toList(),
                routes.stream().collect(Collectors.toMap(Route::name, route -> Layout.whole(route.prefix()))));
    }

    /** All ranges dealt out in turn: the same for the same ranges. */
    public static List<Assignment> deal(Map<String, Layout> layouts, int maxTasks) {
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

    private static Assignment of(List<Part> parts, Map<String, Layout> layouts) {
        Map<String, Layout> own = new TreeMap<>();
        parts.forEach(part -> own.put(part.route(), layouts.get(part.route())));
        return new Assignment(List.copyOf(parts), own);
    }

    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new ConnectException(e);
        }
    }

    public static Assignment parse(String json) {
        try {
            return JSON.readValue(json, Assignment.class);
        } catch (JsonProcessingException e) {
            throw new ConnectException("The task's assignment can not be read: " + e.getOriginalMessage(), e);
        }
    }
}
