package dev.etcdpg.etcd.source.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.source.EtcdSourceConfig;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.FaultProxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Connect waits on the thread of its herder for the layout of the routes. */
class LayoutPlannerIT {

    private static final int KEYS = 500;

    private final Etcd etcd = Etcd.shared();

    /** Runs an action when the planner reads the time, which is after it has found the bounds, and before it writes the layout. */
    private static final class TrappedClock extends Clock {

        private final Runnable trap;

        TrappedClock(Runnable trap) {
            this.trap = trap;
        }

        @Override
        public Instant instant() {
            trap.run();
            return Instant.now();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private static Layout plan(EtcdSourceConfig config, Route route, Clock clock) {
        try (EtcdGateway gateway = EtcdGateway.openForCall(config.etcd())) {
            LayoutStore store =
                    new LayoutStore(gateway, config.etcd().bookkeepingKeys().ranges(config.connectorName()));
            return new LayoutPlanner(gateway, store, clock)
                    .plan(List.of(route), 2, 10)
                    .get(route.name());
        }
    }

    /** The tasks begin with the layout that they had. The next change of the configuration tries again. */
    @Test
    void aRouteThatCannotBeCutInTimeStaysAsItIs() {
        Route route = new Route("slow", "/planner/");
        try (TestEtcdClient client = new TestEtcdClient(etcd.endpoint());
                FaultProxy proxy = FaultProxy.to(etcd.clientPort())) {
            for (int i = 0; i < KEYS; i++) {
                client.put("/planner/" + i, "v");
            }
            EtcdSourceConfig config = new EtcdSourceConfig(Map.of(
                    "name", "planner",
                    "etcd.endpoints", "http://127.0.0.1:" + proxy.port(),
                    "routes", "slow=/planner/",
                    "etcd.request.timeout.ms", "120000"));
            long begun = System.nanoTime();
            Layout kept = plan(config, route, new TrappedClock(proxy::swallow));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
            assertThat(kept.ranges()).containsExactly(KeyRange.ALL);

            proxy.cut();
            proxy.heal();
            assertThat(plan(config, route, Clock.systemUTC()).ranges()).hasSize(2);
        }
    }
}
