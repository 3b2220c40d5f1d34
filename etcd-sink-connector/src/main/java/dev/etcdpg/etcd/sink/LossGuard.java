package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.config.LossPolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what to do about records that never came. A new epoch makes everybody take a snapshot, so that it is begun at most once a minute: what
 * drops one record in ten must not keep the whole system at that.
 */
final class LossGuard {

    private static final Logger LOG = LoggerFactory.getLogger(LossGuard.class);
    private static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);

    private final LossPolicy policy;
    private final Clock clock;
    private Instant healed = Instant.MIN;

    LossGuard(LossPolicy policy, Clock clock) {
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * @param place where it was noticed
     * @param missing the number that never came
     * @return whether it is to be healed, now or later
     * @throws ConnectException if the policy is to fail
     */
    boolean heals(String place, long missing) {
        String what = place + " follows number " + missing
                + ", which never came. What drops records: the topic's retention, a topic created anew, a transform or converter that "
                + "leaves some out";
        if (policy == LossPolicy.FAIL) {
            throw new ConnectException(what + ". Mend that and set loss.policy=heal.");
        }
        LOG.warn("{}.", what);
        return policy == LossPolicy.HEAL;
    }

    boolean mayHeal() {
        return healed.isBefore(clock.instant().minus(AT_MOST_EVERY));
    }

    /** Whether a loss noticed then is settled by a new epoch that another partition of the task has begun since. */
    boolean isHealedSince(Instant noticed) {
        return healed.isAfter(noticed);
    }

    void healed() {
        healed = clock.instant();
    }
}
