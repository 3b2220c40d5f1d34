package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;
import org.jspecify.annotations.Nullable;

/**
 * The one local change of a key that is on its way to etcd, or held.
 *
 * @param changeId id of its entry in etcd_wal; earlier entries of the key share its outcome
 * @param sent content that the change gives the key
 * @param sendNumber number under which it was sent last; 0 if it was never sent
 * @param probeNumber number of the probe for its outcome; 0 if none was sent
 * @param nextAction next action of dispatch; null for none
 * @param base revision on which the change was sent
 * @param reason reason why the change is held; null if it is not held
 */
public record Flight(
        Status status,
        long changeId,
        Content sent,
        long sendNumber,
        long probeNumber,
        @Nullable NextAction nextAction,
        Revision base,
        @Nullable String reason) {

    /** Tells whether the change is on its way or held. */
    public enum Status {
        INFLIGHT,
        HELD
    }

    /** An action of dispatch. */
    public enum NextAction {
        /** Sends the change on the base that is mirrored now. */
        SEND,
        /** Asks for the outcome of the change. */
        PROBE
    }

    public boolean isInflight() {
        return status == Status.INFLIGHT;
    }

    Flight withNextAction(NextAction next) {
        return new Flight(status, changeId, sent, sendNumber, probeNumber, next, base, reason);
    }

    Flight held(String why) {
        return new Flight(Status.HELD, changeId, sent, sendNumber, probeNumber, null, base, why);
    }
}
