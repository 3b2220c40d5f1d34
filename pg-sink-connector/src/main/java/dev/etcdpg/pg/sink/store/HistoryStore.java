package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.Revision;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Effect;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code etcd_history}: every applied revision. */
public final class HistoryStore {

    private final SinkSession session;
    private final String route;

    public HistoryStore(SinkSession session, String route) {
        this.session = session;
        this.route = route;
    }

    /**
     * Adds revisions.
     *
     * @param authors authors of the local changes that the revisions confirm
     */
    public void insert(
            Pipeline pipeline, List<Keyed<Effect.Applied>> applied, Map<WalStore.Change, @Nullable String> authors)
            throws SQLException {
        pipeline.add(session.sql("insert_history")
                .set("route", route)
                .texts("key", applied, Keyed::key)
                .numbers("epoch", applied, a -> a.of().seen().at().epoch())
                .numbers("revision", applied, a -> a.of().seen().at().revision())
                .texts("op", applied, a -> operation(a.of().seen().content()))
                .texts("value", applied, a -> a.of().seen().value())
                .numbers("create_revision", applied, a -> a.of().seen().createRevision())
                .numbers("version", applied, a -> a.of().seen().version())
                .numbers("lease", applied, a -> a.of().seen().lease())
                .texts("origin", applied, a -> a.of().confirms() == 0 ? "etcd" : session.origin())
                .texts("author", applied, a -> authors.get(new WalStore.Change(a.key(), a.of().confirms())))
                .flags("from_snapshot", applied, a -> a.of().seen().isSnapshot()));
    }

    /** Returns the values of revisions by key. A key whose revision is not in the history is missing. */
    public Map<String, @Nullable String> values(List<Keyed<Revision>> revisions) throws SQLException {
        Map<String, @Nullable String> values = new HashMap<>();
        session.sql("mirrored_values")
                .texts("key", revisions, Keyed::key)
                .numbers("epoch", revisions, r -> r.of().epoch())
                .numbers("revision", revisions, r -> r.of().revision())
                .set("route", route)
                .list(row -> values.put(row.getString("key"), row.getString("value")));
        return values;
    }

    private static String operation(Content content) {
        return switch (content.kind()) {
            case ABSENT -> "delete";
            case VALUE -> "put";
            case UNREPRESENTABLE -> "unrepresentable";
        };
    }
}
