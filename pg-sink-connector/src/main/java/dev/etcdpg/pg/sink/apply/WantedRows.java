package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Revision;
import dev.etcdpg.pg.sink.resolve.Mirror;
import dev.etcdpg.pg.sink.resolve.Verdict;
import dev.etcdpg.pg.sink.store.Keyed;
import dev.etcdpg.pg.sink.store.MirroredRow;
import dev.etcdpg.pg.sink.store.RouteStores;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Finds the rows that the table must have. */
final class WantedRows {

    private WantedRows() {}

    /** Returns the rows of the keys that must have one. If no input contains the value, the value comes from the history. */
    static List<MirroredRow> of(RouteStores stores, Map<String, Verdict> verdicts) throws SQLException {
        List<MirroredRow> rows = new ArrayList<>();
        List<Keyed<Mirror>> remembered = new ArrayList<>();
        verdicts.forEach((key, verdict) -> {
            Mirror mirror = verdict.after().mirror();
            if (verdict.wantsRow() && verdict.value() != null) {
                rows.add(new MirroredRow(key, verdict.value(), mirror));
            } else if (verdict.wantsRow()) {
                remembered.add(new Keyed<>(key, mirror));
            }
        });
        if (!remembered.isEmpty()) {
            List<Keyed<Revision>> revisions = remembered.stream()
                    .map(r -> new Keyed<>(r.key(), new Revision(r.of().epoch(), r.of().revision())))
                    .toList();
            Map<String, @Nullable String> values = stores.history().values(revisions);
            for (Keyed<Mirror> r : remembered) {
                if (!values.containsKey(r.key())) {
                    throw new ConnectException(
                            "etcd_history of route "
                                    + stores.table().routeName() + " lacks the mirrored revision of key " + r.key()
                                    + ". The entry was deleted by hand: restore it, or delete the key's row in etcd_mirror and call etcd_resync.");
                }
                rows.add(new MirroredRow(r.key(), values.get(r.key()), r.of()));
            }
        }
        return rows;
    }
}
