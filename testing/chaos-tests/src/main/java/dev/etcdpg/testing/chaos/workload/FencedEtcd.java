package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.EtcdHttpTransaction;
import java.io.IOException;

/** etcd with the fence and the leases of the writers. */
final class FencedEtcd {
    private final EtcdHttpClient client;
    private final Fence fence;
    private final Leases leases;

    FencedEtcd(EtcdHttpClient client, String run) {
        this.client = client;
        this.fence = new Fence(run);
        this.leases = new Leases(client);
    }

    /** Begins a transaction that has no effect after the fence has moved. */
    EtcdHttpTransaction begin() {
        return fence.begin(client);
    }

    Leases leases() {
        return leases;
    }

    /** Revokes all leases of the writers, and waits for an etcd that is away. */
    void revokeLeases() {
        ServerWait.until("etcd", () -> {
            leases.revokeAll();
            return true;
        });
    }

    /**
     * Moves the fence, and waits for an etcd that is away. Earlier transactions of the writers cannot take effect any more.
     *
     * @return the revision, which is after all writes of the writers
     */
    long moveFence() {
        long[] revision = new long[1];
        ServerWait.until("etcd", () -> {
            revision[0] = fence.move(client);
            return revision[0] > 0;
        });
        return revision[0];
    }

    /** Moves the fence with one request. */
    long moveFenceOnce() throws IOException {
        return fence.move(client);
    }
}
