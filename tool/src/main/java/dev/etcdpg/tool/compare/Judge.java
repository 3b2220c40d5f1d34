package dev.etcdpg.tool.compare;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Compares one key. */
public final class Judge {

    private Judge() {}

    /**
     * Judges a key.
     *
     * @param etcd the key in etcd at the revision that PostgreSQL has applied; null if it did not exist
     */
    public static Finding judge(@Nullable KeyState etcd, PostgresKey postgres) {
        KeyState mirror = postgres.mirror();
        if (etcd != null && mirror == null) {
            return Finding.MISSING;
        }
        if (etcd == null && mirror != null) {
            return Finding.EXTRA;
        }
        if (etcd != null && mirror != null && !etcd.agreesWith(mirror)) {
            return Finding.MIRROR_DIFFERS;
        }
        return postgres.pending() == null ? row(mirror, postgres.row()) : row(postgres.pending(), postgres.row());
    }

    private static Finding row(@Nullable KeyState mirror, @Nullable KeyState row) {
        boolean isExpected = mirror != null && mirror.isRepresentable();
        if (!isExpected) {
            if (row != null) {
                return Finding.ROW_EXTRA;
            }
            return mirror == null ? Finding.EQUAL : Finding.DEAD_LETTER;
        }
        if (row == null) {
            return Finding.ROW_MISSING;
        }
        return row.equals(mirror) ? Finding.EQUAL : Finding.ROW_DIFFERS;
    }

    /** The row has the value of the last local change, and revisions of an earlier time. */
    private static Finding row(PendingChange pending, @Nullable KeyState row) {
        boolean isAsChanged = pending.valueHash() == null
                ? row == null
                : row != null && Arrays.equals(row.valueHash(), pending.valueHash());
        if (!isAsChanged) {
            return row == null ? Finding.ROW_MISSING : Finding.ROW_DIFFERS;
        }
        return pending.isHeld() ? Finding.HELD : Finding.PENDING;
    }
}
