package dev.etcdpg.core;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Computes SHA-256. The hash assigns keys to partitions, and the bookkeeping tables and offsets store the hash in place of the value. The
 * result equals PostgreSQL's {@code sha256(convert_to(text, 'UTF8'))}.
 */
public final class Sha256 {

    private Sha256() {}

    /** Returns 32 bytes. */
    public static byte[] of(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
