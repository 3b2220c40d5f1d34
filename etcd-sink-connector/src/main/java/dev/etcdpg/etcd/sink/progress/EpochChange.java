package dev.etcdpg.etcd.sink.progress;

import java.util.function.LongPredicate;

/**
 * Whether a new epoch begins together with a write of progress.
 *
 * @param replaces whether the epoch found in etcd is replaced by a new one. If etcd has no epoch, the etcd source begins one, and the sink does
 *     not
 * @param reason for the log
 */
public record EpochChange(LongPredicate replaces, String reason) {

    /** The epoch stays as it is. */
    public static final EpochChange NONE = new EpochChange(epoch -> false, "");

    /** A new epoch begins, whatever the present one is. */
    public static EpochChange always(String reason) {
        return new EpochChange(epoch -> true, reason);
    }

    /** A new epoch begins only if the present one is still this one. */
    public static EpochChange after(long epoch, String reason) {
        return new EpochChange(found -> found == epoch, reason);
    }
}
