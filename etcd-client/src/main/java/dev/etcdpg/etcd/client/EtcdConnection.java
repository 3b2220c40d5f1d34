package dev.etcdpg.etcd.client;

import io.etcd.jetcd.Client;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A jetcd client that can be replaced. After a long outage gRPC waits up to two minutes between attempts to connect, and no request makes it
 * try sooner. A new client connects at once. Not thread-safe.
 */
final class EtcdConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdConnection.class);

    private final Supplier<Client> clients;
    private Client client;

    EtcdConnection(Supplier<Client> clients) {
        this.clients = clients;
        this.client = clients.get();
    }

    Client client() {
        return client;
    }

    void replace() {
        LOG.debug("Replacing the etcd client");
        Client old = client;
        client = clients.get();
        old.close();
    }

    @Override
    public void close() {
        client.close();
    }
}
