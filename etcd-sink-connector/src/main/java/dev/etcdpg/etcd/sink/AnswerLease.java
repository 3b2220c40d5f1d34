package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.client.EtcdGateway;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** The lease that answers are put with, so that etcd forgets them: long enough for a sink that was away, renewed by a new one daily. */
final class AnswerLease {

    static final Duration LIFE = Duration.ofHours(48);
    private static final Duration USED_FOR = Duration.ofHours(24);

    private final EtcdGateway store;
    private final Clock clock;
    private long id;
    private Instant granted;

    AnswerLease(EtcdGateway store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** One request to etcd when a new lease is due, else none. */
    long id() {
        Instant now = clock.instant();
        if (granted == null || !now.isBefore(granted.plus(USED_FOR))) {
            id = store.grantLease(LIFE);
            granted = now;
        }
        return id;
    }

    /** Forgets the lease if etcd has: it was restored, or somebody revoked it. */
    void verify() {
        if (granted != null && !store.hasLease(id)) {
            granted = null;
        }
    }
}
