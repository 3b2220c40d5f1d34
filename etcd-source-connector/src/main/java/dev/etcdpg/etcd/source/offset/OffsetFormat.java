package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.source.offset.SourceOffset.History;
import dev.etcdpg.etcd.source.offset.SourceOffset.Position;
import dev.etcdpg.etcd.source.offset.SourceOffset.Requests;
import dev.etcdpg.etcd.source.offset.SourceOffset.UnfinishedSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Converts offsets to and from the maps that Connect stores. */
public final class OffsetFormat {

    private static final String EPOCH = "epoch";
    private static final String EPOCH_REVISION = "epoch.revision";
    private static final String REVISION = "revision";
    private static final String SNAPSHOT = "snapshot";
    private static final String SNAPSHOT_AFTER = "snapshot.after";
    private static final String SNAPSHOT_THROUGH = "snapshot.through";
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
    private static final Set<String> FIELDS_BESIDES_NUMBERS = Set.of(
            EPOCH,
            EPOCH_REVISION,
            REVISION,
            SNAPSHOT,
            SNAPSHOT_AFTER,
            SNAPSHOT_THROUGH,
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

    private static final int MAX_PARTITIONS = 100_000;

    private OffsetFormat() {}

    public static Map<String, Object> toMap(SourceOffset offset) {
        Map<String, Object> map = new HashMap<>();
        map.put(EPOCH, offset.history().epoch());
        map.put(EPOCH_REVISION, offset.history().epochRevision());
        map.put(CLUSTER, offset.history().cluster());
        map.put(PREFIX, offset.history().prefix());
        map.put(REVISION, offset.position().revision());
        LastEvent event = offset.position().event();
        if (event != null) {
            map.put(EVENT_KEY, event.key());
            map.put(EVENT_HASH, event.hash());
            map.put(EVENT_REVISION, event.revision());
        }
        map.put(STARTED, offset.started());
        UnfinishedSnapshot snapshot = offset.snapshot();
        map.put(SNAPSHOT, snapshot == null ? 0 : snapshot.revision());
        KeyRange keys = snapshot == null ? null : snapshot.keys();
        if (keys != null) {
            map.put(SNAPSHOT_AFTER, keys.after());
            map.put(SNAPSHOT_THROUGH, keys.through());
        }
        map.put(REQUEST, offset.requests().highest());
        map.put(REQUEST_REVISION, offset.requests().answeredThrough());
        map.put(LAYOUT, offset.layout());
        map.put(PARTITIONS, (long) offset.numbers().length);
        for (int p = 0; p < offset.numbers().length; p++) {
            map.put(NUMBER + p, offset.numbers()[p]);
        }
        return map;
    }

    /**
     * Reads a stored offset, or one that a user has set.
     *
     * @param map the offset as {@link #toMap} writes it, or with the field {@code revision} alone
     * @param partitionsNow the configured number of partitions, for an offset that names none
     * @throws ConnectException if a field is missing, unknown, negative or of the wrong type
     */
    public static SourceOffset parse(Map<String, ?> map, int partitionsNow) {
        if (isRevisionAlone(map)) {
            return SourceOffset.atRevision(number(map, REVISION), partitionsNow);
        }
        long[] numbers = numbers(map);
        for (String field : map.keySet()) {
            if (!FIELDS_BESIDES_NUMBERS.contains(field) && !isNumberField(field, numbers.length)) {
                throw new ConnectException("The offset's field " + field + " is not known.");
            }
        }
        return new SourceOffset(
                new History(
                        number(map, EPOCH), numberOrZero(map, EPOCH_REVISION), text(map, CLUSTER), text(map, PREFIX)),
                new Position(number(map, REVISION), event(map)),
                numberOrZero(map, STARTED),
                snapshot(map),
                new Requests(number(map, REQUEST), number(map, REQUEST_REVISION)),
                numberOrZero(map, LAYOUT),
                numbers);
    }

    /** Returns whether a user has set the offset to a revision and nothing else. */
    static boolean isRevisionAlone(Map<String, ?> map) {
        return map.keySet().equals(Set.of(REVISION));
    }

    /**
     * Returns the revision up to which the requests are answered by the records that an offset covers; 0 while a snapshot has not ended or if
     * the offset belongs to another epoch.
     */
    public static long requestsAnsweredThrough(Map<String, ?> map, long epoch) {
        return map.size() == 1 || number(map, SNAPSHOT) != 0 || number(map, EPOCH) != epoch
                ? 0
                : number(map, REQUEST_REVISION);
    }

    private static long[] numbers(Map<String, ?> map) {
        long partitions = number(map, PARTITIONS);
        if (partitions < 1 || partitions > MAX_PARTITIONS) {
            throw new ConnectException("The offset's field " + PARTITIONS + " is " + partitions + ".");
        }
        long[] numbers = new long[(int) partitions];
        for (int p = 0; p < numbers.length; p++) {
            numbers[p] = number(map, NUMBER + p);
        }
        return numbers;
    }

    private static @Nullable LastEvent event(Map<String, ?> map) {
        return map.get(EVENT_KEY) == null
                ? null
                : new LastEvent(text(map, EVENT_KEY), text(map, EVENT_HASH), number(map, EVENT_REVISION));
    }

    private static @Nullable UnfinishedSnapshot snapshot(Map<String, ?> map) {
        KeyRange keys = map.get(SNAPSHOT_AFTER) == null && map.get(SNAPSHOT_THROUGH) == null
                ? null
                : new KeyRange(text(map, SNAPSHOT_AFTER), text(map, SNAPSHOT_THROUGH));
        long revision = number(map, SNAPSHOT);
        return revision == 0 ? null : new UnfinishedSnapshot(revision, keys);
    }

    private static boolean isNumberField(String field, int partitions) {
        return field.matches("number\\.[0-9]{1,6}") && Integer.parseInt(field.substring(NUMBER.length())) < partitions;
    }

    private static long numberOrZero(Map<String, ?> map, String field) {
        return map.containsKey(field) ? number(map, field) : 0;
    }

    private static long number(Map<String, ?> map, String field) {
        if (map.get(field) instanceof Number number && !(number instanceof Double) && !(number instanceof Float)) {
            if (number.longValue() >= 0) {
                return number.longValue();
            }
            throw new ConnectException("The offset's field " + field + " is " + number + ", below 0.");
        }
        throw malformed(field, "integer");
    }

    private static String text(Map<String, ?> map, String field) {
        if (map.get(field) instanceof String text) {
            return text;
        }
        throw malformed(field, "text");
    }

    private static ConnectException malformed(String field, String type) {
        return new ConnectException(
                "The offset's field " + field + " is missing or not of type " + type
                        + ". Delete the offsets of the connector (DELETE /connectors/<name>/offsets): it then begins with a snapshot.");
    }
}
