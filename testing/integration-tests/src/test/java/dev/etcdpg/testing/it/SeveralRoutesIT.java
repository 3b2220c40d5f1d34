package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The example of several routes: each prefix has topics and a table of its own. */
class SeveralRoutesIT {

    private final Sides sides = Sides.shared();
    private final ExampleSystem system = new ExampleSystem(
            sides,
            ExampleSystem.unused("routes"),
            Map.of(
                    "etcd-source", "routes/etcd-source",
                    "pg-sink", "routes/pg-sink",
                    "etcd-sink", "routes/etcd-sink"));

    @AfterEach
    void removeKeys() {
        system.close();
        sides.etcd.deletePrefix("/app/");
        sides.etcd.deletePrefix("/features/");
    }

    @Test
    void eachPrefixHasATableOfItsOwn() {
        sides.etcd.put("/app/log", "info");
        system.start();
        sides.etcd.put("/features/search", "on");
        system.awaitRows("public.app", Map.of("/app/log", "info"));
        system.awaitRows("public.features", Map.of("/features/search", "on"));

        await("the first snapshot")
                .until(() -> system.postgres.number(
                                "select count(distinct route) from etcd_sync.etcd_status where ended_snapshots > 0")
                        == 2);
        system.postgres.execute("insert into app (key, value) values ('/app/port', '8080')");
        system.postgres.execute("update features set value = 'off' where key = '/features/search'");

        await("both changes in etcd")
                .until(() ->
                        "8080".equals(sides.etcd.get("/app/port")) && "off".equals(sides.etcd.get("/features/search")));
        await("their outcomes").until(() -> system.postgres.number("select count(*) from etcd_sync.etcd_pending") == 0);
        assertThat(system.postgres.query("select route || ' ' || key from etcd_sync.etcd_history order by 1"))
                .containsExactly(
                        "app /app/log", "app /app/port", "features /features/search", "features /features/search");
    }
}
