package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.sink.resolve.Mirror;
import dev.etcdpg.pg.sink.resolve.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/** A row of a mirrored table, as etcd has it. */
record MirroredRow(String key, String value, Mirror mirror) {

    /** The rows of those keys that want one. */
    static List<MirroredRow> of(SinkSession session, MirroredTable table, Map<String, Verdict> verdicts)
            throws SQLException {
        List<MirroredRow> rows = new ArrayList<>();
        Map<String, Mirror> remembered = new HashMap<>();
        verdicts.forEach((key, verdict) -> {
            if (!verdict.wantsRow()) {
                return;
            }
            Mirror mirror = verdict.after().mirror();
            if (verdict.value() != null) {
                rows.add(new MirroredRow(key, verdict.value(), mirror));
            } else {
                remembered.put(key, mirror);
            }
        });
        if (!remembered.isEmpty()) {
            List<Map.Entry<String, Mirror>> asked = List.copyOf(remembered.entrySet());
            session.sql("mirrored_values")
                    .texts(asked, Map.Entry::getKey)
                    .numbers(asked, e -> e.getValue().epoch())
                    .numbers(asked, e -> e.getValue().revision())
                    .add(table.route().name())
                    .list(row -> rows.add(
                            new MirroredRow(row.getString(1), row.getString(2), remembered.remove(row.getString(1)))));
            if (!remembered.isEmpty()) {
                throw new ConnectException(
                        "etcd_history of route " + table.route().name() + " lacks the mirrored revision of "
                                + remembered.size() + " keys, among them "
                                + remembered.keySet().iterator().next()
                                + ". It was deleted by hand: put it back, or delete the keys' rows in etcd_mirror and call etcd_resync.");
            }
        }
        return rows;
    }
}
