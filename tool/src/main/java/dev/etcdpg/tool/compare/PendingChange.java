package dev.etcdpg.tool.compare;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The last of the local changes of a key that etcd has not decided.
 *
 * @param valueHash SHA-256 of the value of a put; null for a deletion
 * @param isHeld whether a change of the key waits for an operator
 */
public record PendingChange(byte @Nullable [] valueHash, boolean isHeld) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PendingChange that && isHeld == that.isHeld && Arrays.equals(valueHash, that.valueHash);
    }

    @Override
    public int hashCode() {
        return Objects.hash(isHeld, Arrays.hashCode(valueHash));
    }
}
