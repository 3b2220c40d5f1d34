package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import java.util.Map;

/** {@code etcd_untrusted_range}: ranges whose records were lost. */
public final class UntrustedRangeStore {

    private final SinkSession session;
    private final String route;

    public UntrustedRangeStore(SinkSession session, String route) {
        this.session = session;
        this.route = route;
    }

    /** Yields the untrusted ranges of a partition. */
    public Pipeline.Result<Map<KeyRange, UntrustedRange>> load(Pipeline pipeline, int partition) {
        return pipeline.map(
                session.sql("load_untrusted_ranges").set("route", route).set("partition", partition),
                row -> new KeyRange(row.getString("after_key"), row.getString("through_key")),
                row -> new UntrustedRange(
                        row.getLong("request_id"),
                        row.getLong("epoch"),
                        row.getLong("since"),
                        row.getBoolean("end_seen")));
    }

    public void save(Pipeline pipeline, int partition, KeyRange range, UntrustedRange untrusted) {
        pipeline.add(session.sql("save_untrusted_range")
                .set("route", route)
                .set("partition", partition)
                .set("after_key", range.after())
                .set("through_key", range.through())
                .set("request_id", untrusted.request())
                .set("epoch", untrusted.epoch())
                .set("since", untrusted.sinceMs())
                .set("end_seen", untrusted.endSeen()));
    }

    public void delete(Pipeline pipeline, int partition, KeyRange range) {
        pipeline.add(session.sql("delete_untrusted_range")
                .set("route", route)
                .set("partition", partition)
                .set("after_key", range.after())
                .set("through_key", range.through()));
    }
}
