package dev.etcdpg.etcd.sink;

import io.etcd.jetcd.ByteSequence;

/**
 * What a read found at a key.
 *
 * @param modRevision 0 if the key is absent
 * @param value empty if the key is absent or only keys were read
 */
record Found(long modRevision, ByteSequence value) {

    static final Found NOTHING = new Found(0, ByteSequence.EMPTY);

    boolean isPresent() {
        return modRevision != 0;
    }
}
