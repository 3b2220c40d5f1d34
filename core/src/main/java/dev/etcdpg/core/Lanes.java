package dev.etcdpg.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which topic partition a key travels in. The project chooses it itself, and not Kafka's partitioner, because manifests and end marks go
 * into every partition and speak of the keys of that partition only.
 */
public final class Lanes {

    private Lanes() {}

    /**
     * The first four bytes of SHA-256 of the key, unsigned and big-endian, modulo {@code partitions}.
     *
     * @param key etcd key as etcd has it
     * @param partitions at least 1
     */
    public static int partition(byte[] key, int partitions) {
        int head = ByteBuffer.wrap(sha256(key)).getInt();
        return Integer.remainderUnsigned(head, partitions);
    }

    public static int partition(String key, int partitions) {
        return partition(key.getBytes(StandardCharsets.UTF_8), partitions);
    }

    /** SHA-256, 32 bytes: what the mirror remembers of a value. PostgreSQL's {@code sha256(convert_to(value, 'UTF8'))} is the same. */
    public static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
