package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.page.Page;

/** One of the phases of a snapshot: first the rows, then the answers. */
interface SnapshotPhase {

    /** @throws EtcdFailure if the page could not be read; then it can be read again */
    Page read();

    /**
     * Emits a page.
     *
     * @return whether more pages follow
     */
    boolean emit(Page page);

    /** Returns the revision through which events may be delivered before the phase has ended. */
    long deliveryLimit();
}
