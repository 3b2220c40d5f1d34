package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;

/**
 * All that PostgreSQL knows of one key.
 *
 * @param high the last event applied, of whatever kind
 * @param settled entries of etcd_wal up to this id are settled
 * @param flight the change in flight or held, or null
 * @param lastWal id of the key's last entry in etcd_wal, 0 without
 * @param lastLocal what that entry makes of the key; {@link Content#ABSENT} without
 * @param lostInsert an insert that was sent has been declared lost, and its value may still arrive
 */
public record KeyState(
        Mirror mirror,
        Revision high,
        long settled,
        Flight flight,
        long lastWal,
        Content lastLocal,
        boolean lostInsert) {

    /** Of a key never seen and never changed. */
    public static final KeyState NEVER = new KeyState(Mirror.NEVER, Revision.NONE, 0, null, 0, Content.ABSENT, false);

    /** Whether there are changes behind the one in flight. */
    public boolean isWaiting() {
        return lastWal > Math.max(settled, flight == null ? 0 : flight.change());
    }

    public boolean isPending() {
        return flight != null || isWaiting();
    }

    /** Whether dispatch has something to do with the key. */
    public boolean needsDispatch() {
        return flight == null ? isWaiting() : flight.due() != null;
    }
}
