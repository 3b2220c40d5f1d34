package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;
import org.jspecify.annotations.Nullable;

/**
 * The one local change of a key that is on its way to etcd, or held.
 *
 * @param changeId id of its entry in etcd_wal; earlier entries of the key share its outcome
 * @param sent what the change makes of the key
 * @param sendNumber number under which it was sent last; 0 if it was never sent
 * @param probeNumber number under which its outcome was asked for; 0 if it was not
 * @param nextAction what dispatch must do next; null for nothing
 * @param base revision that the change was sent on
 * @param reason why the change is held; else null
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

    /** Whether the change is on its way. */
    public enum Status {
        INFLIGHT,
        HELD
    }

    /** What dispatch does. */
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
