package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;

/** Something to write besides the new state of a key. */
public sealed interface Effect {

    /**
     * A revision was applied and becomes an entry of the history.
     *
     * @param confirms id of the local change that created the revision; 0 for a change made in etcd
     */
    record Applied(Input.Observed seen, long confirms) implements Effect {}

    /** Entries of etcd_wal up to {@code through} are in etcd. */
    record Confirmed(long through) implements Effect {}

    /**
     * Entries of etcd_wal up to {@code through} lost.
     *
     * @param covered entries up to this id were sent, or skipped in favour of a later entry that was sent; 0 if none was
     * @param sendNumber number of this send; 0 for none
     * @param base revision on which the sent change was built
     * @param waitingBase revision on which the later entries were built
     * @param won revision that won against the entries
     */
    record Lost(
            long through,
            long covered,
            long sendNumber,
            Revision base,
            Revision waitingBase,
            Revision won,
            String reason)
            implements Effect {}

    /** Waiting entries up to {@code changeId} are held as one change with the value of the last entry. */
    record HeldWaiting(long changeId) implements Effect {}

    /** An insert was declared lost too early, because etcd took the insert after all. */
    record AppliedLate(Revision at, Content content) implements Effect {}

    /** The state of PostgreSQL contradicts etcd. The contradiction was found in epoch {@code found}. */
    record NewEpoch(long found, String reason) implements Effect {}
}
