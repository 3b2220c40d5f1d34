package dev.etcdpg.etcd.source.history;

import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeySpan;

/** Finds out whether etcd has compacted a revision. */
public final class CompactionLookup {

    private final EtcdGateway etcd;
    private final KeySpan key;

    CompactionLookup(EtcdGateway etcd, BookkeepingKeys keys) {
        this.etcd = etcd;
        this.key = KeySpan.single(keys.epoch());
    }

    /**
     * Returns whether the compacted revision is above this one. etcd can read its state at the compacted revision itself.
     *
     * @throws EtcdFailure if etcd did not answer
     */
    boolean hasCompacted(long revision) {
        try {
            etcd.range("looking whether revision " + revision + " is compacted", key, revision, 1);
            return false;
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                return true;
            }
            throw e;
        }
    }
}
