package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.Sha256;
import dev.etcdpg.etcd.kv.KeyChange;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The last event that the source delivered, as an offset remembers it. The check of etcd's history compares it with etcd. The value is hashed
 * when the hash is first read, because most events are followed by another one before anybody reads it. Thread-safe.
 */
public final class LastEvent {

    private final String key;
    private final long revision;
    private final Function<byte[], String> hasher;
    /** The value until it is hashed. */
    private byte @Nullable [] value;

    private @Nullable String hash;

    private LastEvent(
            String key,
            long revision,
            Function<byte[], String> hasher,
            byte @Nullable [] value,
            @Nullable String hash) {
        this.key = key;
        this.revision = revision;
        this.hasher = hasher;
        this.value = value;
        this.hash = hash;
    }

    /** @param hash SHA-256 of the value in hexadecimal; empty for a delete */
    public LastEvent(String key, String hash, long revision) {
        this(key, revision, LastEvent::hash, null, hash);
    }

    /** @param key the key of the change as text */
    static LastEvent of(String key, KeyChange change, Function<byte[], String> hasher) {
        return new LastEvent(key, change.modRevision(), hasher, change.value(), change.isDelete() ? "" : null);
    }

    public String key() {
        return key;
    }

    /** Returns the mod_revision of the put, or the revision of the delete. */
    public long revision() {
        return revision;
    }

    public boolean isDelete() {
        return hash().isEmpty();
    }

    /** Returns the SHA-256 of the value in hexadecimal; empty for a delete. */
    public synchronized String hash() {
        if (hash == null) {
            hash = hasher.apply(Objects.requireNonNull(value));
            value = null;
        }
        return hash;
    }

    /** Returns the SHA-256 of a value in hexadecimal. */
    public static String hash(byte[] value) {
        return HexFormat.of().formatHex(Sha256.of(value));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LastEvent event
                && key.equals(event.key)
                && revision == event.revision
                && hash().equals(event.hash());
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, revision);
    }

    @Override
    public String toString() {
        return key + " at revision " + revision;
    }
}
