package dev.etcdpg.etcd.sink.progress;

import dev.etcdpg.etcd.sink.metrics.EtcdSinkMetrics.EpochReason;
import java.util.function.LongPredicate;

/**
 * Whether a new epoch begins together with a write of progress.
 *
 * @param replaces whether the epoch found in etcd is replaced by a new one. If etcd has no epoch, the etcd source begins one, and the sink does
 *     not
 * @param kind for the metrics
 * @param reason for the log
 */
public record EpochChange(LongPredicate replaces, EpochReason kind, String reason) {

    /** The epoch stays as it is. */
    public static final EpochChange NONE = new EpochChange(epoch -> false, EpochReason.REQUEST, "");

    /** Returns a change that begins a new epoch, whatever the present epoch is. */
    public static EpochChange always(EpochReason kind, String reason) {
        return new EpochChange(epoch -> true, kind, reason);
    }

    /** Returns a change that begins a new epoch only if the present epoch is still the given one. */
    public static EpochChange after(long epoch, EpochReason kind, String reason) {
        return new EpochChange(found -> found == epoch, kind, reason);
    }
}
