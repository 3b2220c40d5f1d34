package dev.etcdpg.etcd.source.partition;

import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeySpan;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts large routes into key ranges if there are more tasks than routes. */
public final class LayoutPlanner {

    private static final Logger LOG = LoggerFactory.getLogger(LayoutPlanner.class);

    private final EtcdGateway etcd;
    private final LayoutStore store;
    private final Clock clock;

    public LayoutPlanner(EtcdGateway etcd, LayoutStore store, Clock clock) {
        this.etcd = etcd;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Returns the layout of each route, and stores the layouts that change. A layout stays as it is unless the number of its ranges must
     * change. The layout of another prefix stays too; the tasks refuse it.
     *
     * @param maxTasks the largest number of tasks
     * @param minKeys the smallest number of keys of a new range
     * @return the layouts by names of routes, in the order of the routes
     * @throws EtcdFailure if etcd did not answer
     */
    public Map<String, Layout> plan(List<Route> routes, int maxTasks, long minKeys) {
        List<Layout> found = routes.stream().map(store::read).toList();
        long[] keys = new long[routes.size()];
        int[] before = new int[routes.size()];
        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
            Layout layout = found.get(i);
            before[i] = layout.ranges().size();
            keys[i] = maxTasks > routes.size() && isFor(layout, route)
                    ? etcd.count(KeySpan.prefix(route.prefix()), 0)
                    : 0;
        }
        int[] after = Allotment.of(keys, before, maxTasks, minKeys);
        Map<String, Layout> layouts = new LinkedHashMap<>();
        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
            boolean stays = after[i] == before[i] || !isFor(found.get(i), route);
            layouts.put(route.name(), stays ? found.get(i) : cutOrKeep(route, found.get(i), after[i]));
        }
        return layouts;
    }

    private static boolean isFor(Layout layout, Route route) {
        return layout.prefix().equals(route.prefix());
    }

    /** Connect's thread waits for the layout only for a few seconds. A route that is too large for a cut within this time stays as it is. */
    private Layout cutOrKeep(Route route, Layout found, int ranges) {
        try {
            return cut(route, ranges);
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.TRANSIENT) {
                throw e;
            }
            LOG.warn(
                    "Route {} is not cut into {} ranges, because etcd did not answer in time: {}",
                    route.name(),
                    ranges,
                    e.getMessage());
            return found;
        }
    }

    private Layout cut(Route route, int ranges) {
        List<String> bounds = ranges == 1 ? List.of() : bounds(route, ranges);
        Layout cut = store.change(route, before -> before.changed(Layout.cutAt(bounds), clock.millis()));
        LOG.info(
                "Route {} is cut into {} ranges, at {}",
                route.name(),
                cut.ranges().size(),
                bounds);
        return cut;
    }

    private List<String> bounds(Route route, int ranges) {
        return Bisection.bounds(
                KeySpan.prefix(route.prefix()),
                ranges,
                span -> etcd.count(span, 0),
                (span, limit) -> etcd.keys("reading keys to cut a route", span, 0, limit));
    }
}
