package dev.etcdpg.testing.chaos.checker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The partition of a key, as docs/protocol/README.md defines it. This class does not use the connectors' code, which is under test. */
public final class KeyPartition {
    private KeyPartition() {}

    static int partition(String key, int partitions) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return Integer.remainderUnsigned(ByteBuffer.wrap(hash).getInt(), partitions);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
