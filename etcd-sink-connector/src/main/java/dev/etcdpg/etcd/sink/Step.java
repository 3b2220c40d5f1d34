package dev.etcdpg.etcd.sink;

import io.etcd.jetcd.ByteSequence;

/**
 * One record's part in a transaction.
 *
 * @param check what must hold when it commits, null for nothing
 */
record Step(Check check, Write write) {

    sealed interface Check {
        /** The key's mod_revision is that; 0: the key is absent. */
        record At(ByteSequence key, long modRevision) implements Check {}

        /** The key exists. */
        record Present(ByteSequence key) implements Check {}
    }

    sealed interface Write {
        ByteSequence key();

        /** @param lease 0 for none */
        record Put(ByteSequence key, ByteSequence value, long lease) implements Write {}

        record Delete(ByteSequence key) implements Write {}

        /** A put with the lease of answers. */
        record Reply(ByteSequence key, ByteSequence value) implements Write {}
    }
}
