package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.KeySyncState;
import dev.etcdpg.pg.sink.resolve.Mirror;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code etcd_mirror}: the state of each key in etcd, and the local change in flight or held. */
public final class MirrorStore {

    /** A key that a manifest may concern. */
    public record Candidate(String key, boolean isInflight) {}

    private final SinkSession session;
    private final String route;

    public MirrorStore(SinkSession session, String route) {
        this.session = session;
        this.route = route;
    }

    /** Locks the rows of the keys, in key order. Waits for dispatch and operators. */
    public Pipeline lock(Pipeline pipeline, Collection<String> keys) throws SQLException {
        return pipeline.add(session.sql("lock_mirror").set("route", route).texts("keys", keys));
    }

    /** Creates empty rows for the keys that have none. */
    public Pipeline create(Pipeline pipeline, Collection<String> keys) throws SQLException {
        return pipeline.add(
                session.sql("create_mirror_rows").set("route", route).texts("keys", keys));
    }

    /** Inserts rows. Yields the number of inserted rows. A row that another transaction inserted meanwhile is not changed. */
    public Pipeline.Result<Integer> insert(Pipeline pipeline, List<Keyed<KeySyncState>> states) throws SQLException {
        return pipeline.update(columns(session.sql("insert_mirror"), states));
    }

    /** Updates rows that are locked. */
    public void update(Pipeline pipeline, List<Keyed<KeySyncState>> states) throws SQLException {
        pipeline.add(columns(session.sql("update_mirror"), states)
                .numbers("settled_id", states, s -> s.of().settledId())
                .texts("status", states, s -> flight(s, f -> lower(f.status())))
                .texts(
                        "next_action",
                        states,
                        s -> flight(s, f -> f.nextAction() == null ? null : lower(f.nextAction())))
                .texts("reason", states, s -> flight(s, Flight::reason)));
    }

    /** Holds the waiting changes of each key under its last change. */
    public void hold(Pipeline pipeline, List<Keyed<KeySyncState>> states) throws SQLException {
        pipeline.add(session.sql("hold_changes")
                .texts("key", states, Keyed::key)
                .numbers("change_id", states, s -> held(s).changeId())
                .numbers("settled_id", states, s -> s.of().settledId())
                .numbers("base_epoch", states, s -> held(s).base().epoch())
                .numbers("base_revision", states, s -> held(s).base().revision())
                .texts("reason", states, s -> held(s).reason())
                .set("route", route));
    }

    /**
     * Yields the first keys, in byte order, that the manifest may concern: keys that are live or pending and older than the manifest, and keys in
     * flight without an outcome.
     *
     * @param partition topic partition of the manifest
     */
    public Pipeline.Result<List<Candidate>> manifestCandidates(
            Pipeline pipeline, EtcdRecord.Manifest manifest, int partition, int limit) {
        return pipeline.list(
                session.sql("manifest_mirrored_keys")
                        .set("route", route)
                        .set("after_key", manifest.page().after())
                        .set("through_key", manifest.page().through())
                        .set("epoch", manifest.at().epoch())
                        .set("revision", manifest.at().revision())
                        .set("partitions", manifest.partitions())
                        .set("partition", partition)
                        .set("most", limit),
                row -> new Candidate(row.getString("key"), row.getBoolean("inflight")));
    }

    private SqlStatement columns(SqlStatement statement, List<Keyed<KeySyncState>> states) throws SQLException {
        return statement
                .set("route", route)
                .texts("key", states, Keyed::key)
                .numbers("epoch", states, s -> s.of().mirror().epoch())
                .numbers("revision", states, s -> s.of().mirror().revision())
                .bytes("value_hash", states, s -> hash(s.of().mirror()))
                .flags("unrepresentable", states, s -> s.of().mirror().content().equals(Content.UNREPRESENTABLE))
                .numbers("create_revision", states, s -> s.of().mirror().createRevision())
                .numbers("version", states, s -> s.of().mirror().version())
                .numbers("lease", states, s -> s.of().mirror().lease())
                .numbers("applied_epoch", states, s -> s.of().lastApplied().epoch())
                .numbers("applied_revision", states, s -> s.of().lastApplied().revision());
    }

    private static byte @Nullable [] hash(Mirror mirror) {
        return mirror.content().isValue()
                ? Objects.requireNonNull(mirror.content().digest()).bytes()
                : null;
    }

    private static @Nullable String flight(Keyed<KeySyncState> state, Function<Flight, @Nullable String> column) {
        Flight flight = state.of().flight();
        return flight == null ? null : column.apply(flight);
    }

    private static Flight held(Keyed<KeySyncState> state) {
        return Objects.requireNonNull(state.of().flight());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
