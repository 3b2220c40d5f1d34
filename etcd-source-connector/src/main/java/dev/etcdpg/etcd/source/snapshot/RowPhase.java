package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.page.Page;
import dev.etcdpg.etcd.page.PageReader;
import dev.etcdpg.etcd.source.emit.RecordEmitter;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.partition.Scope;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Emits the rows and a manifest of each page, and the end marks after the last page. Not thread-safe. */
final class RowPhase implements SnapshotPhase {

    private static final Logger LOG = LoggerFactory.getLogger(RowPhase.class);

    private final SnapshotContext context;
    private final SnapshotPlan plan;
    private final SnapshotProgress progress;
    private final PageReader pages;
    /** The last bound of a manifest that was emitted. */
    private String emittedThrough;

    RowPhase(SnapshotContext context, SnapshotPlan plan, SnapshotProgress progress) {
        this.context = context;
        this.plan = plan;
        this.progress = progress;
        this.pages = new PageReader(
                context.etcd(), context.fetchSize(), context.scope().span(plan.keys()), plan.revision());
        this.emittedThrough = plan.keys().after();
    }

    @Override
    public Page read() {
        long before = pages.revision();
        try {
            return pages.read();
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.COMPACTED) {
                throw e;
            }
        }
        // the rest starts at the last bound: only the compacted revision could tell which keys after the bound were
        // sent
        KeyRange rest = new KeyRange(emittedThrough, plan.keys().through());
        Page later = pages.restart(context.scope().span(rest));
        LOG.info(
                "{}: revision {} was compacted, the snapshot continues after \"{}\" at revision {}",
                context.scope(),
                before,
                emittedThrough,
                later.revision());
        context.metrics().count(Counter.PAGES_AT_A_LATER_REVISION);
        return later;
    }

    @Override
    public boolean emit(Page page) {
        Scope scope = context.scope();
        RecordEmitter emitter = context.emitter();
        page.rows().forEach(row -> emitter.row(row, page.revision()));
        Optional<KeyRange> bounds = page.bounds(emittedThrough, plan.keys().through());
        if (bounds.isPresent()) {
            emitter.manifests(bounds.get(), page.revision(), page.keysByPartition(scope.partitions()));
            emittedThrough = bounds.get().through();
        }
        progress.add(page.rows().size(), emittedThrough);
        pages.advance();
        if (!page.more()) {
            emitter.ends(plan.keys(), plan.revision(), plan.request());
        }
        return page.more();
    }

    @Override
    public long deliveryLimit() {
        return Long.MAX_VALUE;
    }
}
