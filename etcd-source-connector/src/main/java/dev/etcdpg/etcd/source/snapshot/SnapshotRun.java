package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.page.Page;
import org.jspecify.annotations.Nullable;

/**
 * A running snapshot. It emits page by page while the watch goes on: the rows and manifests, the end marks, then all current answers. It emits
 * a page when all events up to the page's revision are delivered, so that the records of a key are in order. Not thread-safe.
 */
final class SnapshotRun {

    /** Result of a step. */
    enum Step {
        /** A page was emitted. */
        EMITTED,
        /** The page waits until all events up to {@link #barrier()} are delivered. */
        WAITING,
        /** The last page was emitted. */
        FINISHED
    }

    private final SnapshotPlan plan;
    private final SnapshotProgress progress;
    private final SnapshotPhase answers;
    private SnapshotPhase phase;
    /** The page that was read and not emitted. */
    private @Nullable Page page;

    SnapshotRun(SnapshotContext context, SnapshotPlan plan, SnapshotProgress progress) {
        this.plan = plan;
        this.progress = progress;
        this.answers = new AnswerPhase(context, plan.keys());
        this.phase = new RowPhase(context, plan, progress);
    }

    long request() {
        return plan.request();
    }

    KeyRange keys() {
        return plan.keys();
    }

    SnapshotProgress progress() {
        return progress;
    }

    /** Returns the revision through which all events must be delivered before the next step; 0 for none. */
    long barrier() {
        return page == null ? 0 : page.revision();
    }

    /** Returns the revision through which events may be delivered now. The answers come before later events. */
    long deliveryLimit() {
        return phase.deliveryLimit();
    }

    /**
     * Emits at most one page. The caller seals it.
     *
     * @param delivered all events up to and including this revision were delivered
     * @throws EtcdFailure if the page could not be read; then nothing was emitted
     */
    Step step(long delivered) {
        if (page == null) {
            page = phase.read();
        }
        if (delivered < page.revision()) {
            return Step.WAITING;
        }
        Page ready = page;
        page = null;
        if (phase.emit(ready)) {
            return Step.EMITTED;
        }
        if (phase == answers) {
            return Step.FINISHED;
        }
        phase = answers;
        return Step.EMITTED;
    }
}
