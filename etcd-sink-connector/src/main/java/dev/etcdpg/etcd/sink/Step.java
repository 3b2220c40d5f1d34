package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.kv.EtcdBytes;

/**
 * One record's part in a transaction.
 *
 * @param check what must hold when it commits, null for nothing
 */
record Step(Check check, Write write) {

    sealed interface Check {
        /** The key's mod_revision is that; 0: the key is absent. */
        record At(EtcdBytes key, long modRevision) implements Check {}

        /** The key exists. */
        record Present(EtcdBytes key) implements Check {}
    }

    sealed interface Write {
        EtcdBytes key();

        /** @param lease 0 for none */
        record Put(EtcdBytes key, EtcdBytes value, long lease) implements Write {}

        record Delete(EtcdBytes key) implements Write {}

        /** A put with the lease of answers. */
        record Reply(EtcdBytes key, EtcdBytes value) implements Write {}
    }
}
