package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Effect;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code etcd_conflict}: local changes that lost. */
public final class ConflictStore {

    private final SinkSession session;
    private final String route;

    public ConflictStore(SinkSession session, String route) {
        this.session = session;
        this.route = route;
    }

    /** Moves changes from {@code etcd_wal} to {@code etcd_conflict}. */
    public void lose(Pipeline pipeline, List<Keyed<Effect.Lost>> lost) throws SQLException {
        pipeline.add(session.sql("lose_changes")
                .texts("key", lost, Keyed::key)
                .numbers("through", lost, l -> l.of().through())
                .numbers("covered", lost, l -> l.of().covered())
                .numbers("send_number", lost, l -> orNull(l.of().sendNumber()))
                .numbers("base_epoch", lost, l -> l.of().base().epoch())
                .numbers("base_revision", lost, l -> l.of().base().revision())
                .numbers("waiting_epoch", lost, l -> l.of().waitingBase().epoch())
                .numbers("waiting_revision", lost, l -> l.of().waitingBase().revision())
                .numbers("won_epoch", lost, l -> l.of().won().epoch())
                .numbers("won_revision", lost, l -> l.of().won().revision())
                .texts("reason", lost, l -> l.of().reason())
                .set("route", route));
        session.notifyDispatch(); // dispatch numbers conflicts, which the source then publishes
    }

    /** Marks inserts that were declared lost and that etcd took after all. The statement waits for an operator who deletes old conflicts. */
    public Pipeline markAppliedLate(Pipeline pipeline, List<Keyed<Effect.AppliedLate>> late) throws SQLException {
        session.notifyDispatch();
        return pipeline.add(session.sql("mark_applied_late")
                .texts("key", late, Keyed::key)
                .bytes("hash", late, l -> hash(l.of().content()))
                .numbers("epoch", late, l -> l.of().at().epoch())
                .numbers("revision", late, l -> l.of().at().revision())
                .set("route", route));
    }

    private static byte[] hash(Content content) {
        return Objects.requireNonNull(content.digest()).bytes();
    }

    private static @Nullable Long orNull(long number) {
        return number == 0 ? null : number;
    }
}
