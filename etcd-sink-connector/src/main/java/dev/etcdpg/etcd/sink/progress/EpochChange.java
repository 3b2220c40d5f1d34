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

    /** Returns a change that begins a new epoch, whatever the present epoch is. */
    public static EpochChange always(String reason) {
        return new EpochChange(epoch -> true, reason);
    }

    /** Returns a change that begins a new epoch only if the present epoch is still the given one. */
    public static EpochChange after(long epoch, String reason) {
        return new EpochChange(found -> found == epoch, reason);
    }
}
