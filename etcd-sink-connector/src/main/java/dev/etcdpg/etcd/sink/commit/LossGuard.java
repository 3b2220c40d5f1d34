package dev.etcdpg.etcd.sink.commit;

import dev.etcdpg.core.config.LossPolicy;
import dev.etcdpg.core.retry.RateLimit;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what a task does about missing records. A new epoch makes all readers take a snapshot. The task therefore begins at most one epoch a
 * minute: a transform that drops every tenth record must not keep the whole system busy with snapshots. Not thread-safe.
 */
public final class LossGuard {

    private static final Logger LOG = LoggerFactory.getLogger(LossGuard.class);
    private static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);

    private final LossPolicy policy;
    private final RateLimit newEpochs;
    private long healed;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public LossGuard(LossPolicy policy, LongSupplier nanoTime) {
        this.policy = policy;
        this.newEpochs = new RateLimit(AT_MOST_EVERY, nanoTime);
    }

    /**
     * Reports a loss.
     *
     * @param place where the loss was noticed
     * @param missing number of the record that is missing
     * @return whether the loss must be healed, now or later
     * @throws ConnectException if the policy is {@link LossPolicy#FAIL}
     */
    boolean report(String place, long missing) {
        String what = place + " follows number " + missing
                + ", which is missing. Possible causes: the topic's retention, a topic that was created again, a transform or "
                + "converter that drops records";
        if (policy == LossPolicy.FAIL) {
            throw new ConnectException(what + ". Remove the cause and set loss.policy=heal.");
        }
        LOG.warn("{}.", what);
        return policy == LossPolicy.HEAL;
    }

    /** Returns whether a new epoch may begin now. */
    boolean mayHeal() {
        return newEpochs.isPermitted();
    }

    /** Records that a new epoch has begun. The epoch heals all losses that were reported before. */
    void healed() {
        newEpochs.done();
        healed++;
    }

    /**
     * Returns the number of new epochs that the task has begun because of losses. A loss is healed when the number has grown since the loss was
     * noticed.
     */
    long healCount() {
        return healed;
    }
}
