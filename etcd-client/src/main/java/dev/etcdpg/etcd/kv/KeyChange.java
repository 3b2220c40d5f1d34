package dev.etcdpg.etcd.kv;

import dev.etcdpg.core.Utf8;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * State of a key at a revision, or one event of it.
 *
 * @param value null if the key was deleted
 * @param modRevision revision of the put or of the delete
 * @param createRevision 0 for a delete, as are version and lease
 */
public record KeyChange(
        byte[] key, byte @Nullable [] value, long modRevision, long createRevision, long version, long lease) {

    /** Number of bytes that count as one more event in limits that bound memory. */
    public static final int BYTES_OF_ONE = 8_192;

    /** Returns the number of events that this event counts as, at least 1. A large value counts as several small ones. */
    public int weight() {
        return 1 + bytes() / BYTES_OF_ONE;
    }

    /** Returns the size of key and value in bytes. */
    public int bytes() {
        return key.length + (value == null ? 0 : value.length);
    }

    public boolean isDelete() {
        return value == null;
    }

    /**
     * Returns the value of a put.
     *
     * @throws IllegalStateException for a delete
     */
    public byte[] requireValue() {
        if (value == null) {
            throw new IllegalStateException("A delete has no value");
        }
        return value;
    }

    /** Returns the key as text; empty if the key is not valid UTF-8 or contains a NUL. */
    public Optional<String> keyText() {
        return Utf8.strict(key);
    }
}
