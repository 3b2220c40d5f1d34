package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.sink.resolve.ContradictionPolicy;

/** The tables that contain the keys of one route. */
public record RouteStores(
        MirroredTable table,
        RowStore rows,
        MirrorStore mirror,
        KeySnapshotStore keys,
        WalStore wal,
        ConflictStore conflicts,
        HistoryStore history,
        EpochRequestStore epochs,
        DispatchQueueStore dispatchQueue) {

    public static RouteStores of(SinkSession session, MirroredTable table, ContradictionPolicy contradictions) {
        String route = table.routeName();
        return new RouteStores(
                table,
                new RowStore(session, table),
                new MirrorStore(session, route),
                new KeySnapshotStore(session, table),
                new WalStore(session, route),
                new ConflictStore(session, route),
                new HistoryStore(session, route),
                new EpochRequestStore(session, route, contradictions),
                new DispatchQueueStore(session, route));
    }
}
