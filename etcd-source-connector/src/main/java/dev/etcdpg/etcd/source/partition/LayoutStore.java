package dev.etcdpg.etcd.source.partition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.KeyChange;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.errors.ConnectException;

/** Stores the layouts of a connector's routes in etcd. A route whose layout never changed has no key there. */
public final class LayoutStore {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ATTEMPTS = 5;

    /** @param modRevision mod_revision of the key, 0 if it is absent */
    private record Stored(Layout layout, long modRevision) {}

    private final EtcdGateway etcd;
    private final String prefix;

    /** @param prefix the prefix of the layout keys; the name of the route follows */
    public LayoutStore(EtcdGateway etcd, String prefix) {
        this.etcd = etcd;
        this.prefix = prefix;
    }

    /**
     * @throws EtcdFailure if etcd did not answer
     * @throws ConnectException if the stored layout is malformed
     */
    Layout read(Route route) {
        return stored(route).layout();
    }

    /**
     * Makes all ranges of the route that have no offset of their own start with a snapshot. The layout of another prefix is dropped.
     *
     * @throws EtcdFailure if etcd did not answer
     */
    public void forgetFormerLayouts(Route route) {
        Layout found = read(route);
        if (!found.prefix().equals(route.prefix())) {
            change(
                    route,
                    before -> before.moved(
                            route.prefix(),
                            List.of(KeyRange.ALL),
                            Clock.systemUTC().millis()));
        } else if (!found.former().isEmpty()) {
            change(route, Layout::withoutFormer);
        }
    }

    /**
     * Changes the layout of a route. Repeats the change if another connector has changed the layout meanwhile.
     *
     * @return the new layout
     * @throws EtcdFailure if etcd did not answer
     */
    Layout change(Route route, UnaryOperator<Layout> change) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Stored before = stored(route);
            Layout after = change.apply(before.layout());
            if (write(route, after, before.modRevision())) {
                return after;
            }
        }
        throw new ConnectException("Another process keeps changing the etcd key " + key(route)
                + ". Make sure that no other connector has the same name.");
    }

    private Stored stored(Route route) {
        Optional<KeyChange> found = etcd.get(key(route));
        if (found.isEmpty()) {
            return new Stored(Layout.whole(route.prefix()), 0);
        }
        try {
            return new Stored(
                    JSON.readValue(found.get().value(), Layout.class),
                    found.get().modRevision());
        } catch (IOException e) {
            throw new ConnectException(
                    "The etcd key " + key(route)
                            + " does not contain a key-range layout. Delete the key and the offsets of the connector: "
                            + "it then begins with a snapshot.",
                    e);
        }
    }

    private boolean write(Route route, Layout layout, long modRevision) {
        EtcdBytes key = EtcdBytes.of(key(route));
        return etcd.transact(
                        "writing " + key(route),
                        new EtcdTransaction(
                                List.of(new EtcdTransaction.Condition.AtRevision(key, modRevision)),
                                List.of(new EtcdTransaction.Operation.Put(key, json(layout))),
                                List.of()))
                .succeeded();
    }

    private String key(Route route) {
        return prefix + route.name();
    }

    private static EtcdBytes json(Layout layout) {
        try {
            return EtcdBytes.of(JSON.writeValueAsBytes(layout));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a layout always becomes JSON", e);
        }
    }
}
