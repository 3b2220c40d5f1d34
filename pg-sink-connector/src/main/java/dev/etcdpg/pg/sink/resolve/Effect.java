package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;

/** What is to be written beside the new state. */
public sealed interface Effect {

    /**
     * A revision was applied: an entry of the history.
     *
     * @param confirms the local change that it is, 0 for one made in etcd
     */
    record Applied(Input.Observed seen, long confirms) implements Effect {}

    /** Entries of etcd_wal up to {@code through} have come to stand in etcd. */
    record Confirmed(long through) implements Effect {}

    /**
     * Entries of etcd_wal up to {@code through} are conflicts.
     *
     * @param covered those up to this id had been sent, or were skipped in favour of what was
     * @param send the number of that send, 0 for none
     * @param base what it was built on
     * @param waitingBase what the later ones were built on
     * @param won what they lost to
     */
    record Lost(long through, long covered, long send, Revision base, Revision waitingBase, Revision won, String reason)
            implements Effect {}

    /** What waited up to {@code change} is held now, under the value of the last. */
    record HeldWaiting(long change) implements Effect {}

    /** A conflict was declared too early: etcd took the insert after all. */
    record AppliedLate(Revision at, Content content) implements Effect {}

    /** PostgreSQL holds what contradicts etcd, found in epoch {@code found}. */
    record NewEpoch(long found, String reason) implements Effect {}
}
