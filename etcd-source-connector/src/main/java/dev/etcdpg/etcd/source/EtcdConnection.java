package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.client.EtcdConfig;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that can be replaced. gRPC waits up to two minutes between attempts to connect when etcd was away for long, and no call makes it
 * try sooner; a new client tries at once. For one thread.
 */
public final class EtcdConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdConnection.class);

    private final Supplier<Client> clients;
    private Client client;

    public EtcdConnection(EtcdConfig config) {
        this(config::newClient);
    }

    public EtcdConnection(Supplier<Client> clients) {
        this.clients = clients;
        this.client = clients.get();
    }

    public KV kv() {
        return client.getKVClient();
    }

    public Watch watch() {
        return client.getWatchClient();
    }

    /** Ends what is under way: watches must be opened again. */
    public void renew() {
        LOG.debug("A new client");
        Client old = client;
        client = clients.get();
        old.close();
    }

    @Override
    public void close() {
        client.close();
    }
}
