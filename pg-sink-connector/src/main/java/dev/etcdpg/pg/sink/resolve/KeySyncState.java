package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;
import org.jspecify.annotations.Nullable;

/**
 * The knowledge of PostgreSQL about one key.
 *
 * @param lastApplied revision of the last event applied, of any kind
 * @param settledId entries of etcd_wal up to this id have an outcome
 * @param flight the change in flight or held; null for none
 * @param lastWal id of the key's last entry in etcd_wal; 0 for none
 * @param lastLocal content that this entry gives the key; {@link Content#ABSENT} for none
 * @param oneTransaction whether the key's entries in etcd_wal are all from one transaction; true for none
 * @param lostInsert whether an insert that was sent was declared lost, so that its value may still arrive
 */
public record KeySyncState(
        Mirror mirror,
        Revision lastApplied,
        long settledId,
        @Nullable Flight flight,
        long lastWal,
        Content lastLocal,
        boolean oneTransaction,
        boolean lostInsert) {

    /** State of a key that was never seen and never changed. */
    public static final KeySyncState NEVER =
            new KeySyncState(Mirror.NEVER, Revision.NONE, 0, null, 0, Content.ABSENT, true, false);

    /** Returns whether changes wait behind the change in flight. */
    public boolean isWaiting() {
        return lastWal > Math.max(settledId, flight == null ? 0 : flight.changeId());
    }

    public boolean isPending() {
        return flight != null || isWaiting();
    }

    /** Returns whether dispatch has something to do with the key. */
    public boolean needsDispatch() {
        return flight == null ? isWaiting() : flight.nextAction() != null;
    }
}
