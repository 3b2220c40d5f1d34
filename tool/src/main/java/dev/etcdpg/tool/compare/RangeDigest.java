package dev.etcdpg.tool.compare;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Number and SHA-256 of the keys of a range with their states, in key order. {@code range_digests.sql} computes the same in PostgreSQL. An entry
 * is the key in UTF-8, a NUL (which no key contains), the hash of the value, and four numbers of 8 bytes.
 */
public record RangeDigest(long keys, byte[] hash) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RangeDigest that && keys == that.keys && Arrays.equals(hash, that.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    /** Computes a digest. Not thread-safe. */
    public static final class Builder {

        private final MessageDigest sha256;
        private long keys;

        public Builder() {
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        /** Adds the next key. A key without a hash is left out, because PostgreSQL does not have its value. */
        public Builder add(String key, KeyState state) {
            byte[] valueHash = state.valueHash();
            if (valueHash != null) {
                sha256.update(key.getBytes(StandardCharsets.UTF_8));
                sha256.update((byte) 0);
                sha256.update(valueHash);
                sha256.update(ByteBuffer.allocate(32)
                        .putLong(state.modRevision())
                        .putLong(state.createRevision())
                        .putLong(state.version())
                        .putLong(state.lease())
                        .array());
                keys++;
            }
            return this;
        }

        public RangeDigest digest() {
            return new RangeDigest(keys, sha256.digest());
        }
    }
}
