package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.KeyRange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/** Connect's source partitions: the maps that name the route and key range that an offset belongs to. */
public final class SourcePartition {

    private static final String ROUTE = "route";
    private static final String AFTER = "after";
    private static final String THROUGH = "through";

    private SourcePartition() {}

    /**
     * Returns the source partition of a key range. It must be a plain HashMap: Connect finds the offset by the serialized map, which keeps the
     * order of the fields, and the maps that Connect reads or takes from its REST API are HashMaps too. {@code Map.of} has another order in
     * every JVM.
     */
    public static Map<String, String> of(String route, KeyRange range) {
        Map<String, String> partition = new HashMap<>();
        partition.put(ROUTE, route);
        partition.put(AFTER, range.after());
        partition.put(THROUGH, range.through());
        return partition;
    }

    /**
     * Returns the name of the route.
     *
     * @throws ConnectException if the source partition does not name a route and a key range, or names anything else
     */
    static String route(Map<String, ?> partition) {
        for (String field : List.of(ROUTE, AFTER, THROUGH)) {
            if (!(partition.get(field) instanceof String)) {
                throw new ConnectException("A source partition has the text fields " + ROUTE + ", " + AFTER + " and "
                        + THROUGH + "; " + field + " is missing or not a text.");
            }
        }
        if (partition.size() != 3) {
            throw new ConnectException(
                    "A source partition has no fields but " + ROUTE + ", " + AFTER + " and " + THROUGH + ".");
        }
        return String.valueOf(partition.get(ROUTE));
    }
}
