package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

/** Notes that a snapshot has ended: keys of its range may be dispatched, answers are trusted again, requests are answered. */
final class EndMarkStore {

    private EndMarkStore() {}

    static void write(SinkSession session, PartitionState lane, EtcdRecord.End end) throws SQLException {
        String route = lane.route().name();
        int partition = lane.partition().partition();
        KeyRange range = end.range();
        boolean open = range.through().isEmpty();
        long epoch = end.at().epoch();
        session.sql("end_replaced")
                .add(route)
                .add(epoch)
                .add(end.at().revision())
                .add(partition)
                .add(range.after())
                .add(range.through())
                .add(range.after())
                .add(open)
                .add(range.through())
                .add(end.partitions())
                .add(epoch)
                .update();
        session.sql("end_snapshot")
                .add(route)
                .add(partition)
                .add(range.after())
                .add(range.through())
                .add(epoch)
                .add(end.at().revision())
                .add(end.request())
                .add(end.partitions())
                .update();
        session.sql("end_answered")
                .add(route)
                .add(end.request())
                .add(partition)
                .add(partition)
                .add(epoch)
                .update();
        if (session.sql("end_unanswered")
                        .add(epoch)
                        .add(route)
                        .add(end.request())
                        .add(epoch)
                        .update()
                > 0) {
            session.wake();
        }
        Set<KeyRange> before = lane.blind().keySet();
        for (KeyRange healed : lane.trust(range, end.request())) {
            session.sql("delete_blind")
                    .add(route)
                    .add(partition)
                    .add(healed.after())
                    .add(healed.through())
                    .update();
        }
        for (Map.Entry<KeyRange, UntrustedRange> rest : lane.blind().entrySet()) {
            if (!rest.getValue().isUnasked() && !before.contains(rest.getKey())) {
                session.sql("upsert_blind")
                        .add(route)
                        .add(partition)
                        .add(rest.getKey().after())
                        .add(rest.getKey().through())
                        .add(rest.getValue().request())
                        .add(rest.getValue().epoch())
                        .add(rest.getValue().since())
                        .update();
            }
        }
        long woken = session.sql("wake_pending")
                .add(route)
                .add(partition)
                .add(range.after())
                .add(range.through())
                .list(row -> row.getLong(1))
                .get(0);
        if (woken > 0) {
            session.wake();
        }
    }
}
