package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.source.partition.Layout;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * What Connect stores for a route and key range.
 *
 * @param epoch the epoch in force, 0 before any
 * @param epochRevision mod_revision of the epoch key, 0 if not known
 * @param revision up to which, with it, everything of all watches was delivered; 0 if only a snapshot can tell
 * @param snapshot revision at which a snapshot was begun that is under way, 0 for none
 * @param part the keys of that snapshot; null without one
 * @param event the last event delivered, null for none
 * @param cluster cluster id, unsigned and in hexadecimal
 * @param prefix of the route, empty if not known
 * @param layout under which the route was cut into key ranges, see {@link Layout}
 * @param request highest request answered, 0 for none
 * @param requestRevision requests made up to this revision are answered
 * @param started revision at which it began without a snapshot; what was before was never looked at. 0 if all was
 * @param numbers for each partition the chain number sent last, 0 for none; as many as there are partitions
 */
public record SourceOffset(
        long epoch,
        long epochRevision,
        long revision,
        long snapshot,
        KeyRange part,
        LastEvent event,
        String cluster,
        String prefix,
        long layout,
        long request,
        long requestRevision,
        long started,
        long[] numbers) {

    /**
     * An event to be recognized.
     *
     * @param hash SHA-256 of the value in hexadecimal, empty for a delete
     */
    public record LastEvent(String key, String hash, long revision) {}

    /** The layout of an offset that a user has set to a revision and nothing else. */
    public static final long ANY_LAYOUT = -1;

    private static final String EPOCH = "epoch";
    private static final String EPOCH_REVISION = "epoch.revision";
    private static final String REVISION = "revision";
    private static final String SNAPSHOT = "snapshot";
    private static final String PART_AFTER = "snapshot.after";
    private static final String PART_THROUGH = "snapshot.through";
    private static final String EVENT_KEY = "event.key";
    private static final String EVENT_HASH = "event.hash";
    private static final String EVENT_REVISION = "event.revision";
    private static final String CLUSTER = "cluster";
    private static final String PREFIX = "prefix";
    private static final String LAYOUT = "layout";
    private static final String REQUEST = "request";
    private static final String REQUEST_REVISION = "request.revision";
    private static final String STARTED = "started";
    private static final String PARTITIONS = "partitions";
    private static final String NUMBER = "number.";
    private static final Set<String> OTHERS = Set.of(
            EPOCH,
            EPOCH_REVISION,
            REVISION,
            SNAPSHOT,
            PART_AFTER,
            PART_THROUGH,
            EVENT_KEY,
            EVENT_HASH,
            EVENT_REVISION,
            CLUSTER,
            PREFIX,
            LAYOUT,
            REQUEST,
            REQUEST_REVISION,
            STARTED,
            PARTITIONS);

    private static final String ROUTE = "route";
    private static final String AFTER = "after";
    private static final String THROUGH = "through";

    /** Before anything was read. */
    public static SourceOffset none(int partitions) {
        return at(0, partitions);
    }

    private static SourceOffset at(long revision, int partitions) {
        return new SourceOffset(0, 0, revision, 0, null, null, "", "", ANY_LAYOUT, 0, 0, 0, new long[partitions]);
    }

    /**
     * Connect's name for whose offset it is. A plain HashMap: Connect finds the offset by the serialized form, in which fields stand in the
     * map's order, and the maps that it reads or takes from its REST API are HashMaps too. The order of {@code Map.of} is another one in
     * every JVM.
     */
    public static Map<String, String> partition(String route, KeyRange range) {
        Map<String, String> partition = new HashMap<>();
        partition.put(ROUTE, route);
        partition.put(AFTER, range.after());
        partition.put(THROUGH, range.through());
        return partition;
    }

    /** @throws ConnectException if it names no route and range */
    public static void checkPartition(Map<String, ?> partition) {
        for (String field : new String[] {ROUTE, AFTER, THROUGH}) {
            if (!(partition.get(field) instanceof String)) {
                throw new ConnectException("A source partition has the text fields " + ROUTE + ", " + AFTER + " and "
                        + THROUGH + "; " + field + " is missing or no text.");
            }
        }
        if (partition.size() != 3) {
            throw new ConnectException(
                    "A source partition has no fields but " + ROUTE + ", " + AFTER + " and " + THROUGH + ".");
        }
    }

    /** The route that a source partition names. */
    public static String route(Map<String, ?> partition) {
        return String.valueOf(partition.get(ROUTE));
    }

    /** The same for keys that were cut in another way. */
    public SourceOffset inLayout(long other) {
        return new SourceOffset(
                epoch,
                epochRevision,
                revision,
                snapshot,
                part,
                event,
                cluster,
                prefix,
                other,
                request,
                requestRevision,
                started,
                numbers);
    }

    public Map<String, Object> toMap() {
        Map<String, Object> map = new HashMap<>();
        map.put(EPOCH, epoch);
        map.put(EPOCH_REVISION, epochRevision);
        map.put(REVISION, revision);
        map.put(SNAPSHOT, snapshot);
        if (part != null) {
            map.put(PART_AFTER, part.after());
            map.put(PART_THROUGH, part.through());
        }
        if (event != null) {
            map.put(EVENT_KEY, event.key());
            map.put(EVENT_HASH, event.hash());
            map.put(EVENT_REVISION, event.revision());
        }
        map.put(CLUSTER, cluster);
        map.put(PREFIX, prefix);
        map.put(LAYOUT, layout);
        map.put(REQUEST, request);
        map.put(REQUEST_REVISION, requestRevision);
        map.put(STARTED, started);
        map.put(PARTITIONS, (long) numbers.length);
        for (int p = 0; p < numbers.length; p++) {
            map.put(NUMBER + p, numbers[p]);
        }
        return map;
    }

    /**
     * @param map as {@link #toMap()} makes it, or with the field {@code revision} alone
     * @param partitionsNow as configured, for an offset that names none
     * @throws ConnectException if a field is missing, not known, negative or of the wrong type
     */
    public static SourceOffset of(Map<String, ?> map, int partitionsNow) {
        if (map.keySet().equals(Set.of(REVISION))) {
            return at(number(map, REVISION), partitionsNow);
        }
        long partitions = number(map, PARTITIONS);
        if (partitions < 1 || partitions > 100_000) {
            throw new ConnectException("The offset's field " + PARTITIONS + " is " + partitions + ".");
        }
        long[] numbers = new long[(int) partitions];
        for (int p = 0; p < numbers.length; p++) {
            numbers[p] = number(map, NUMBER + p);
        }
        for (String field : map.keySet()) {
            if (!OTHERS.contains(field) && !isNumberOf(field, numbers.length)) {
                throw new ConnectException("The offset's field " + field + " is not known.");
            }
        }
        LastEvent event = map.get(EVENT_KEY) == null
                ? null
                : new LastEvent(text(map, EVENT_KEY), text(map, EVENT_HASH), number(map, EVENT_REVISION));
        KeyRange part = map.get(PART_AFTER) == null && map.get(PART_THROUGH) == null
                ? null
                : new KeyRange(text(map, PART_AFTER), text(map, PART_THROUGH));
        return new SourceOffset(
                number(map, EPOCH),
                map.containsKey(EPOCH_REVISION) ? number(map, EPOCH_REVISION) : 0,
                number(map, REVISION),
                number(map, SNAPSHOT),
                part,
                event,
                text(map, CLUSTER),
                map.containsKey(PREFIX) ? text(map, PREFIX) : "",
                map.containsKey(LAYOUT) ? number(map, LAYOUT) : 0,
                number(map, REQUEST),
                number(map, REQUEST_REVISION),
                map.containsKey(STARTED) ? number(map, STARTED) : 0,
                numbers);
    }

    /** The revision up to which requests are answered by what an offset covers, 0 while a snapshot is under way or in another epoch. */
    public static long requestsAnswered(Map<String, ?> map, long epoch) {
        return map.size() == 1 || number(map, SNAPSHOT) != 0 || number(map, EPOCH) != epoch
                ? 0
                : number(map, REQUEST_REVISION);
    }

    private static boolean isNumberOf(String field, int partitions) {
        return field.matches("number\\.[0-9]{1,6}") && Integer.parseInt(field.substring(NUMBER.length())) < partitions;
    }

    private static long number(Map<String, ?> map, String field) {
        if (map.get(field) instanceof Number number && !(number instanceof Double) && !(number instanceof Float)) {
            if (number.longValue() >= 0) {
                return number.longValue();
            }
            throw new ConnectException("The offset's field " + field + " is " + number + ", below 0.");
        }
        throw new ConnectException(
                "The offset's field " + field + " is missing or no integer. Delete the offsets of the "
                        + "connector (DELETE /connectors/<name>/offsets): it begins with a snapshot.");
    }

    private static String text(Map<String, ?> map, String field) {
        if (map.get(field) instanceof String text) {
            return text;
        }
        throw new ConnectException("The offset's field " + field + " is missing or no text. Delete the offsets of the "
                + "connector (DELETE /connectors/<name>/offsets): it begins with a snapshot.");
    }
}
