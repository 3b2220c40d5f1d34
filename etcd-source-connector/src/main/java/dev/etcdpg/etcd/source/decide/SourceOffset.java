package dev.etcdpg.etcd.source.decide;

import dev.etcdpg.common.KeyRange;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * What Connect stores for a route and key range.
 *
 * @param epoch the epoch in force, 0 before any
 * @param revision up to which, with it, everything of all watches was delivered; 0 if only a snapshot can tell
 * @param snapshot revision at which a snapshot was begun that is under way, 0 for none
 * @param event the last event delivered, null for none
 * @param cluster cluster id, unsigned and in hexadecimal
 * @param request highest request answered, 0 for none
 * @param requestRevision requests made up to this revision are answered
 * @param numbers for each partition the chain number sent last, 0 for none; as many as there are partitions
 */
public record SourceOffset(
        long epoch,
        long revision,
        long snapshot,
        LastEvent event,
        String cluster,
        long request,
        long requestRevision,
        long[] numbers) {

    /**
     * An event to be recognized.
     *
     * @param hash SHA-256 of the value in hexadecimal, empty for a delete
     */
    public record LastEvent(String key, String hash, long revision) {}

    private static final String EPOCH = "epoch";
    private static final String REVISION = "revision";
    private static final String SNAPSHOT = "snapshot";
    private static final String EVENT_KEY = "event.key";
    private static final String EVENT_HASH = "event.hash";
    private static final String EVENT_REVISION = "event.revision";
    private static final String CLUSTER = "cluster";
    private static final String REQUEST = "request";
    private static final String REQUEST_REVISION = "request.revision";
    private static final String PARTITIONS = "partitions";
    private static final String NUMBER = "number.";

    private static final String ROUTE = "route";
    private static final String AFTER = "after";
    private static final String THROUGH = "through";

    /** Before anything was read. */
    public static SourceOffset none(int partitions) {
        return new SourceOffset(0, 0, 0, null, "", 0, 0, new long[partitions]);
    }

    /** Connect's name for whose offset it is. */
    public static Map<String, String> partition(String route, KeyRange range) {
        return Map.of(ROUTE, route, AFTER, range.after(), THROUGH, range.through());
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

    public Map<String, Object> toMap() {
        Map<String, Object> map = new HashMap<>();
        map.put(EPOCH, epoch);
        map.put(REVISION, revision);
        map.put(SNAPSHOT, snapshot);
        if (event != null) {
            map.put(EVENT_KEY, event.key());
            map.put(EVENT_HASH, event.hash());
            map.put(EVENT_REVISION, event.revision());
        }
        map.put(CLUSTER, cluster);
        map.put(REQUEST, request);
        map.put(REQUEST_REVISION, requestRevision);
        map.put(PARTITIONS, (long) numbers.length);
        for (int p = 0; p < numbers.length; p++) {
            map.put(NUMBER + p, numbers[p]);
        }
        return map;
    }

    /**
     * @param map as {@link #toMap()} makes it
     * @throws ConnectException if a field is missing or of the wrong type
     */
    public static SourceOffset of(Map<String, ?> map) {
        long partitions = number(map, PARTITIONS);
        if (partitions < 1 || partitions > 100_000) {
            throw new ConnectException("The offset's field " + PARTITIONS + " is " + partitions + ".");
        }
        long[] numbers = new long[(int) partitions];
        for (int p = 0; p < numbers.length; p++) {
            numbers[p] = number(map, NUMBER + p);
        }
        LastEvent event = map.get(EVENT_KEY) == null
                ? null
                : new LastEvent(text(map, EVENT_KEY), text(map, EVENT_HASH), number(map, EVENT_REVISION));
        return new SourceOffset(
                number(map, EPOCH),
                number(map, REVISION),
                number(map, SNAPSHOT),
                event,
                text(map, CLUSTER),
                number(map, REQUEST),
                number(map, REQUEST_REVISION),
                numbers);
    }

    /** The revision up to which requests are answered by what an offset covers, 0 while a snapshot is under way. */
    public static long requestsAnswered(Map<String, ?> map) {
        return number(map, SNAPSHOT) != 0 ? 0 : number(map, REQUEST_REVISION);
    }

    private static long number(Map<String, ?> map, String field) {
        if (map.get(field) instanceof Number number && !(number instanceof Double) && !(number instanceof Float)) {
            return number.longValue();
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
