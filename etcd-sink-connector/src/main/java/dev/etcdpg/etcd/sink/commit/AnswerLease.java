package dev.etcdpg.etcd.sink.commit;

import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.etcd.client.EtcdGateway;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The lease of answers. etcd removes an answer when its lease ends. The lease lives long enough for a PostgreSQL sink that was down for a day.
 * A new lease is granted daily.
 */
public final class AnswerLease {

    private static final Duration LIFE = Duration.ofHours(48);
    private static final Duration USED_FOR = Duration.ofHours(24);

    private final EtcdGateway etcd;
    private final LongSupplier nanoTime;
    private long id;
    private Deadline renewal;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public AnswerLease(EtcdGateway etcd, LongSupplier nanoTime) {
        this.etcd = etcd;
        this.nanoTime = nanoTime;
        this.renewal = Deadline.passed(nanoTime);
    }

    /** Returns the id of the current lease. Sends one request to etcd if a new lease is due. */
    long obtain() {
        if (renewal.hasPassed()) {
            id = etcd.grantLease(LIFE);
            renewal = Deadline.after(USED_FOR, nanoTime);
        }
        return id;
    }

    /** Forgets the lease if the lease no longer exists in etcd, because etcd was restored or somebody revoked the lease. */
    void verify() {
        if (!renewal.hasPassed() && !etcd.hasLease(id)) {
            renewal = Deadline.passed(nanoTime);
        }
    }
}
