package dev.etcdpg.etcd.sink;

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

    enum Heal {
        NOW,
        LATER,
        NEVER
    }

    private static final Logger LOG = LoggerFactory.getLogger(LossGuard.class);
    private static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);

    private final LossPolicy policy;
    private final Clock clock;
    private Instant healed = Instant.MIN;

    LossGuard(LossPolicy policy, Clock clock) {
        this.policy = policy;
        this.clock = clock;
    }

    /** @throws ConnectException if the policy is to fail */
    Heal meet(String place, long offset, long missing) {
        String what = place + ": the record at offset " + offset + " follows number " + missing
                + ", which never came. What drops records: the topic's retention, a topic created anew, an SMT or a converter "
                + "that leaves some out";
        if (policy == LossPolicy.FAIL) {
            throw new ConnectException(what + ". Mend that and set loss.policy=heal.");
        }
        LOG.warn("{}.", what);
        if (policy == LossPolicy.IGNORE) {
            return Heal.NEVER;
        }
        return mayHeal() ? Heal.NOW : Heal.LATER;
    }

    /** Whether a loss may be healed now; if so it is taken to be done. */
    boolean mayHeal() {
        Instant now = clock.instant();
        if (healed.isAfter(now.minus(AT_MOST_EVERY))) {
            return false;
        }
        healed = now;
        return true;
    }
}
