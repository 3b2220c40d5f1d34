package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.servers.FaultProxy;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.StackLinks;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The links from the connectors to both stores and from the workers to the broker. Each link has its own proxy. */
public final class Links implements StackLinks, AutoCloseable {
    private static final String SOURCE_TO_ETCD = "etcd-source to etcd";
    private static final String SINK_TO_ETCD = "etcd-sink to etcd";
    private static final String SINK_TO_POSTGRES = "pg-sink to postgres";
    private static final String SOURCE_TO_POSTGRES = "pg-notify-source to postgres";
    private static final String WORKER_1_TO_KAFKA = "connect-1 to kafka";
    private static final String WORKER_2_TO_KAFKA = "connect-2 to kafka";
    public static final List<String> NAMES = List.of(
            SOURCE_TO_ETCD, SINK_TO_ETCD, SINK_TO_POSTGRES, SOURCE_TO_POSTGRES, WORKER_1_TO_KAFKA, WORKER_2_TO_KAFKA);

    private final Map<String, FaultProxy> proxies = new ConcurrentHashMap<>();
    private final Map<Integer, String> bootstraps = new LinkedHashMap<>();

    /** @param stack a stack that has not started */
    public Links(Stack stack) {
        proxies.put(SOURCE_TO_ETCD, FaultProxy.to(stack.etcd().clientPort()));
        proxies.put(SINK_TO_ETCD, FaultProxy.to(stack.etcd().clientPort()));
        proxies.put(SINK_TO_POSTGRES, FaultProxy.to(stack.postgres().port()));
        proxies.put(SOURCE_TO_POSTGRES, FaultProxy.to(stack.postgres().port()));
        for (int worker : new int[] {1, 2}) {
            bootstraps.put(worker, stack.kafka().addListener("WORKER_" + worker, port -> toBroker(worker, port)));
        }
    }

    private int toBroker(int worker, int port) {
        FaultProxy proxy = FaultProxy.to(port);
        proxies.put(worker == 1 ? WORKER_1_TO_KAFKA : WORKER_2_TO_KAFKA, proxy);
        return proxy.port();
    }

    /** Leads the links to PostgreSQL to a pooler. Connectors find it after their next change of {@link #environment}. */
    public void throughPooler(int port) {
        for (String link : List.of(SINK_TO_POSTGRES, SOURCE_TO_POSTGRES)) {
            proxies.put(link, FaultProxy.to(port)).close();
        }
    }

    FaultProxy proxy(String name) {
        return proxies.get(name);
    }

    void heal() {
        proxies.values().forEach(FaultProxy::heal);
    }

    @Override
    public String bootstrap(int worker, String direct) {
        return bootstraps.get(worker);
    }

    /** Kafka gives up a missing worker or task after some seconds instead of a minute. */
    @Override
    public Map<String, String> workerSettings() {
        return Map.of(
                "session.timeout.ms", "6000",
                "heartbeat.interval.ms", "1500",
                "scheduled.rebalance.max.delay.ms", "2000",
                "consumer.session.timeout.ms", "8000",
                "consumer.heartbeat.interval.ms", "2000");
    }

    @Override
    public Map<String, String> environment(String connector, Map<String, String> direct) {
        Map<String, String> all = new HashMap<>(direct);
        URI etcd = URI.create(direct.get("ETCD_ENDPOINTS"));
        all.put(
                "ETCD_ENDPOINTS",
                etcd.getScheme() + "://127.0.0.1:"
                        + port(connector.equals("etcd-source") ? SOURCE_TO_ETCD : SINK_TO_ETCD));
        int postgres = port(connector.equals("pg-sink") ? SINK_TO_POSTGRES : SOURCE_TO_POSTGRES);
        all.put("PG_JDBC_URL", "jdbc:postgresql://127.0.0.1:" + postgres + "/" + Stack.DATABASE);
        all.put("PGPORT", Integer.toString(postgres));
        return all;
    }

    private int port(String name) {
        return proxy(name).port();
    }

    @Override
    public void close() {
        proxies.values().forEach(FaultProxy::close);
    }
}
