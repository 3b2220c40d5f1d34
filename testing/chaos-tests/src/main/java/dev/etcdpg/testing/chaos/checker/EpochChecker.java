package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import java.io.IOException;

/** Checks that the epoch of the beginning is still the epoch. No fault of a run gives a reason for a new one. */
final class EpochChecker {
    private static final String KEY = "/etcd-pg-connect/epoch";

    private final EtcdHttpClient etcd;
    private String first = "none";

    EpochChecker(EtcdHttpClient etcd) {
        this.etcd = etcd;
    }

    /** Remembers the present epoch. */
    void begin() throws IOException {
        first = present();
    }

    /** Returns the epoch of the beginning. */
    long epoch() {
        return Long.parseLong(first);
    }

    void check(RoundVerdict verdict) throws IOException {
        verdict.epoch(first, present());
    }

    private String present() throws IOException {
        Entry found = etcd.get(KEY);
        return found == null ? "none" : found.value();
    }
}
