package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.stack.EtcdHttpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The granted leases. Some end while the workload runs, the others when it pauses. */
public final class Leases {
    private final EtcdHttpClient client;
    private final Deque<Long> granted = new ArrayDeque<>();

    Leases(EtcdHttpClient client) {
        this.client = client;
    }

    long grant(Duration ttl) throws IOException {
        long lease = client.grant(ttl);
        synchronized (this) {
            granted.add(lease);
        }
        return lease;
    }

    /** Revokes all leases. */
    synchronized void revokeAll() throws IOException {
        while (!granted.isEmpty()) {
            client.revoke(granted.peekFirst());
            granted.removeFirst();
        }
    }
}
