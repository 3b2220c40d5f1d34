package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.record.EtcdRecord;
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

    /**
     * Yields the first keys within the page of the manifest, in byte order, that have changes.
     *
     * @param partition topic partition of the manifest
     */
    public Pipeline.Result<List<String>> changedKeys(
            Pipeline pipeline, EtcdRecord.Manifest manifest, int partition, int limit) {
        return pipeline.list(
                session.sql("manifest_changed_keys")
                        .set("route", route)
                        .set("after_key", manifest.page().after())
                        .set("through_key", manifest.page().through())
                        .set("partitions", manifest.partitions())
                        .set("partition", partition)
                        .set("most", limit),
                row -> row.getString("key"));
    }
}
