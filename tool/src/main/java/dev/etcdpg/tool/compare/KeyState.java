package dev.etcdpg.tool.compare;

import dev.etcdpg.core.Sha256;
import dev.etcdpg.core.Utf8;
import dev.etcdpg.etcd.kv.KeyChange;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A key that exists, with a hash in place of its value.
 *
 * @param valueHash SHA-256 of the value in UTF-8; null if PostgreSQL's type text cannot hold the value
 */
public record KeyState(long modRevision, long createRevision, long version, long lease, byte @Nullable [] valueHash) {

    /** Returns the state of a key in etcd; null for a deletion. */
    public static @Nullable KeyState of(KeyChange change) {
        byte[] value = change.value();
        return value == null
                ? null
                : new KeyState(
                        change.modRevision(),
                        change.createRevision(),
                        change.version(),
                        change.lease(),
                        Utf8.strict(value).isPresent() ? Sha256.of(value) : null);
    }

    public boolean isRepresentable() {
        return valueHash != null;
    }

    /** Returns whether both are the same state of a key. The connectors keep only revision and lease of a value that is no text. */
    boolean agreesWith(KeyState other) {
        return isRepresentable() || other.isRepresentable()
                ? equals(other)
                : modRevision == other.modRevision && lease == other.lease;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyState that
                && modRevision == that.modRevision
                && createRevision == that.createRevision
                && version == that.version
                && lease == that.lease
                && Arrays.equals(valueHash, that.valueHash);
    }

    @Override
    public int hashCode() {
        return Objects.hash(modRevision, createRevision, version, lease, Arrays.hashCode(valueHash));
    }
}
