package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;

/**
 * The one local change of a key that is on its way to etcd, or held.
 *
 * @param change id of its entry in etcd_wal; earlier entries of the key share its outcome
 * @param sent what it makes of the key
 * @param send number under which it was sent last, 0 if it never was
 * @param probe number under which its outcome was asked for, 0 if not
 * @param due what dispatch has to do, null for nothing
 * @param base what it was sent on
 * @param reason why it is held, else null
 */
public record Flight(
        Status status, long change, Content sent, long send, long probe, Due due, Revision base, String reason) {

    public enum Status {
        INFLIGHT,
        HELD
    }

    public enum Due {
        SEND,
        PROBE
    }

    public boolean isInflight() {
        return status == Status.INFLIGHT;
    }

    Flight due(Due next) {
        return new Flight(status, change, sent, send, probe, next, base, reason);
    }

    Flight held(String why) {
        return new Flight(Status.HELD, change, sent, send, probe, null, base, why);
    }
}
