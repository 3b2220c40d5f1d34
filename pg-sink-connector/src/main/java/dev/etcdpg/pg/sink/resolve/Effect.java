package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;

/** Something to write besides the new state of a key. */
public sealed interface Effect {

    /**
     * A revision was applied: an entry of the history.
     *
     * @param confirms id of the local change that the revision is; 0 for a change made in etcd
     */
    record Applied(Input.Observed seen, long confirms) implements Effect {}

    /** Entries of etcd_wal up to {@code through} stand in etcd. */
    record Confirmed(long through) implements Effect {}

    /**
     * Entries of etcd_wal up to {@code through} lost.
     *
     * @param covered id of the last entry that was sent, or skipped in favour of one that was sent
     * @param sendNumber number of that send; 0 for none
     * @param base revision that the sent change was built on
     * @param waitingBase revision that the later entries were built on
     * @param won revision that they lost to
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

    /** Waiting entries up to {@code changeId} are held, under the value of the last. */
    record HeldWaiting(long changeId) implements Effect {}

    /** An insert was declared lost too early: etcd took it after all. */
    record AppliedLate(Revision at, Content content) implements Effect {}

    /** PostgreSQL has what contradicts etcd; found in epoch {@code found}. */
    record NewEpoch(long found, String reason) implements Effect {}
}
