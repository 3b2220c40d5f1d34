package dev.etcdpg.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Chooses the topic partition of a key. The connectors do not leave the choice to Kafka's partitioner, because manifests and end marks go to
 * every partition and describe only the keys of that partition. The function is part of the record format and never changes.
 */
public final class KeyPartitioner {

    private KeyPartitioner() {}

    /**
     * Returns the first four bytes of the key's SHA-256 as an unsigned big-endian number, modulo the number of partitions.
     *
     * @param key the key as stored in etcd
     * @param partitions at least 1
     */
    public static int partition(byte[] key, int partitions) {
        int head = ByteBuffer.wrap(Sha256.of(key)).getInt();
        return Integer.remainderUnsigned(head, partitions);
    }

    /** Returns {@link #partition(byte[], int)} of the UTF-8 form of the key. */
    public static int partition(String key, int partitions) {
        return partition(key.getBytes(StandardCharsets.UTF_8), partitions);
    }
}
