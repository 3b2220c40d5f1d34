package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.resolve.Effect;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code etcd_wal}: local changes without an outcome. */
public final class WalStore {

    /** A local change. */
    public record Change(String key, long id) {}

    private final SinkSession session;
    private final String route;

    public WalStore(SinkSession session, String route) {
        this.session = session;
        this.route = route;
    }

    /**
     * Removes changes that are in etcd now.
     *
     * @param ages receives the time since each change, in ms
     * @return the authors of the changes, which may be null
     */
    public Map<Change, @Nullable String> confirm(List<Keyed<Effect.Confirmed>> confirmed, DoubleConsumer ages)
            throws SQLException {
        Map<Change, @Nullable String> authors = new HashMap<>();
        if (!confirmed.isEmpty()) {
            session.sql("confirm_changes")
                    .texts("key", confirmed, Keyed::key)
                    .numbers("through", confirmed, c -> c.of().through())
                    .set("route", route)
                    .list(row -> {
                        ages.accept(row.getDouble("age_ms"));
                        return authors.put(
                                new Change(row.getString("key"), row.getLong("id")), row.getString("author"));
                    });
        }
        return authors;
    }

    /**
     * Returns the keys that a trigger of the application has changed in this transaction.
     *
     * @param lastKnown returns the id of the last change of a key that the sink knows
     */
    public List<String> keysWrittenByTriggers(Collection<String> keys, Function<String, Long> lastKnown)
            throws SQLException {
        return session.sql("keys_written_by_triggers")
                .texts("key", keys)
                .numbers("known", keys, lastKnown)
                .set("route", route)
                .texts();
    }

    /** Yields the keys within the range that have changes. */
    public Pipeline.Result<List<String>> changedKeys(Pipeline pipeline, KeyRange range) {
        return pipeline.list(
                session.sql("manifest_changed_keys")
                        .set("route", route)
                        .set("after_key", range.after())
                        .set("through_key", range.through()),
                row -> row.getString("key"));
    }
}
