package dev.etcdpg.tool.verify;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.kv.RangeResult;
import dev.etcdpg.tool.compare.KeyState;
import org.jspecify.annotations.Nullable;

/** Keys of etcd at earlier revisions. */
final class EtcdPast {

    /** A revision that etcd has compacted. */
    static final class CompactedException extends Exception {

        private static final long serialVersionUID = 1L;
    }

    private final EtcdGateway etcd;

    EtcdPast(EtcdGateway etcd) {
        this.etcd = etcd;
    }

    /** Returns the state of a key at a revision; null if it did not exist. */
    @Nullable
    KeyState at(String key, long revision) throws CompactedException {
        try {
            RangeResult found = etcd.range("reading a key of the past", KeySpan.single(key), revision, 1);
            for (KeyChange change : found.keys()) {
                return KeyState.of(change);
            }
            return null;
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                throw new CompactedException();
            }
            throw e;
        }
    }
}
