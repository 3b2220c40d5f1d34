package dev.etcdpg.etcd.source.partition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.EtcdSourceConfig;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The layouts of a connector's routes, as etcd keeps them. A route that was never cut has no key there. */
public final class Layouts {

    private static final Logger LOG = LoggerFactory.getLogger(Layouts.class);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ATTEMPTS = 5;

    private record Stored(Layout layout, long modRevision) {}

    private final EtcdSourceConfig config;
    private final Clock clock;

    public Layouts(EtcdSourceConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /**
     * How the routes are cut for so many tasks: as before if nothing calls for another cut.
     *
     * @return by names of routes, in their order
     * @throws ConnectException if etcd does not answer; Connect asks again
     */
    public Map<String, Layout> agree(int maxTasks) {
        List<Route> routes = config.routes();
        try (EtcdGateway etcd = EtcdGateway.open(config.etcd())) {
            Map<String, Layout> found = new LinkedHashMap<>();
            long[] keys = new long[routes.size()];
            int[] now = new int[routes.size()];
            for (int i = 0; i < routes.size(); i++) {
                Route route = routes.get(i);
                Layout layout = read(etcd, route).layout();
                found.put(route.name(), layout);
                now[i] =
                        layout.prefix().equals(route.prefix()) ? layout.ranges().size() : 1;
                keys[i] = maxTasks > routes.size() ? etcd.count(KeySpan.prefix(route.prefix()), 0) : 0;
            }
            int[] wanted = Allotment.of(keys, now, maxTasks, config.getLong(EtcdSourceConfig.SPLIT_MIN_KEYS));
            for (int i = 0; i < routes.size(); i++) {
                Route route = routes.get(i);
                if (wanted[i] != now[i] || !found.get(route.name()).prefix().equals(route.prefix())) {
                    found.put(route.name(), cut(etcd, route, wanted[i]));
                }
            }
            return found;
        } catch (EtcdFailure e) {
            throw new ConnectException(
                    "etcd must tell how the routes are cut into ranges before tasks can begin: " + e.getMessage(), e);
        }
    }

    /** From now on a range of the route that has no offset has none to inherit. */
    public void forgetFormer(Route route) {
        try (EtcdGateway etcd = EtcdGateway.open(config.etcd())) {
            if (!read(etcd, route).layout().former().isEmpty()) {
                change(etcd, route, Layout::withoutFormer);
            }
        }
    }

    private Layout cut(EtcdGateway etcd, Route route, int ranges) {
        List<String> bounds = ranges == 1
                ? List.of()
                : Bisection.bounds(
                        KeySpan.prefix(route.prefix()),
                        ranges,
                        span -> etcd.count(span, 0),
                        (span, limit) -> etcd.range("reading keys", span, 0, limit).keys().stream()
                                .map(KeyChange::key)
                                .toList());
        Layout made = change(
                etcd,
                route,
                before -> before.prefix().equals(route.prefix())
                        ? before.changed(Layout.cutAt(bounds), clock.millis())
                        : before.moved(route.prefix(), Layout.cutAt(bounds), clock.millis()));
        LOG.info(
                "Route {} is cut into {} ranges, at {}",
                route.name(),
                made.ranges().size(),
                bounds);
        return made;
    }

    private Layout change(EtcdGateway etcd, Route route, UnaryOperator<Layout> change) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Stored before = read(etcd, route);
            Layout after = change.apply(before.layout());
            if (write(etcd, route, after, before.modRevision())) {
                return after;
            }
        }
        throw new ConnectException("Somebody else writes " + key(route) + " all the time.");
    }

    private Stored read(EtcdGateway etcd, Route route) {
        Optional<KeyChange> found = etcd.get(key(route));
        if (found.isEmpty()) {
            return new Stored(Layout.whole(route.prefix()), 0);
        }
        try {
            return new Stored(
                    JSON.readValue(found.get().value(), Layout.class),
                    found.get().modRevision());
        } catch (java.io.IOException e) {
            throw new ConnectException(
                    "Key " + key(route) + " can not be read. Delete it and the connector's offsets: it begins with a "
                            + "snapshot.",
                    e);
        }
    }

    private String key(Route route) {
        return config.etcd().bookkeepingKeys().ranges(config.connectorName()) + route.name();
    }

    /** Writes the layout unless the key has changed. */
    private boolean write(EtcdGateway etcd, Route route, Layout layout, long modRevision) {
        EtcdBytes key = EtcdBytes.of(key(route));
        return etcd.transact(
                        "writing " + key(route),
                        new EtcdTransaction(
                                List.of(new EtcdTransaction.Condition.AtRevision(key, modRevision)),
                                List.of(new EtcdTransaction.Operation.Put(key, EtcdBytes.of(json(layout)))),
                                List.of()))
                .succeeded();
    }

    private static String json(Layout layout) {
        try {
            return new String(JSON.writeValueAsBytes(layout), StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new ConnectException(e);
        }
    }
}
