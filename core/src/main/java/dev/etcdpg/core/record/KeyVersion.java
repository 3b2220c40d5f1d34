package dev.etcdpg.core.record;

import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Names the key that a record changes, and tells how new the change is. Reading a version is much cheaper than decoding the record, because
 * only the fields of the version are read and the value is not.
 *
 * @param origin origin of the database for a change made in PostgreSQL; empty for an event of etcd
 * @param key etcd key
 * @param epoch epoch of an event; 0 for a change
 * @param number revision of an event; send number of a change
 * @param isSnapshot whether a snapshot has read the key
 */
public record KeyVersion(String origin, String key, long epoch, long number, boolean isSnapshot) {

    /**
     * Reads the version from a record's value. Returns null if the value is neither an event nor a change: a control record, a record of
     * another project, or a record in which one of the fields is missing or wrong.
     */
    public static @Nullable KeyVersion peek(@Nullable Object value) {
        if (!(value instanceof Struct) && !(value instanceof Map)) {
            return null;
        }
        Fields fields = Fields.of(value);
        try {
            if (fields.has("source")) {
                return of(EventCodec.key(fields), fields.struct("source"));
            } else if (!fields.has("kind")) {
                return null;
            }
            return switch (fields.text("kind")) {
                case "change" -> PgRecordCodec.version(fields);
                case "unrepresentable" -> of(fields.key(), fields);
                default -> null;
            };
        } catch (DataException e) {
            return null;
        }
    }

    private static KeyVersion of(String key, Fields source) {
        var at = ControlFields.revision(source);
        return new KeyVersion("", key, at.epoch(), at.revision(), ControlFields.snapshotRevision(source) != 0);
    }

    /** Returns whether the version is newer than another one of the same key and origin. */
    public boolean isNewerThan(KeyVersion other) {
        return epoch != other.epoch ? epoch > other.epoch : number > other.number;
    }

    @Override
    public String toString() {
        return "\"" + key + "\" at " + (origin.isEmpty() ? epoch + "." + number : "number " + number);
    }
}
