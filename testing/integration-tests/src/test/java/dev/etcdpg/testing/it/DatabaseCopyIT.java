package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A copy of the database sends changes beside its original, through the same topic. */
class DatabaseCopyIT {

    private final Sides sides = Sides.shared();

    @Test
    void theSecondDatabaseOfAnOriginIsRefusedAndCanGetAnOriginOfItsOwn() {
        String name = ExampleSystem.unused("original");
        try (ExampleSystem system = new ExampleSystem(sides, name)) {
            system.start();
            system.awaitRows("etcd", Map.of());
            String key = system.prefix + "a";
            system.postgres.execute("insert into etcd (key, value) values (?, 'first')", key);
            awaitValue(key, "first");
            await("the change is confirmed")
                    .until(() -> system.postgres.number("select count(*) from etcd_sync.etcd_pending") == 0);

            PostgresSide copy = copy(system, name + "_copy");
            String source = "copy-of-" + system.connector("pg-notify-source");
            Map<String, String> config = new HashMap<>(system.config("pg-notify-source"));
            config.put("connection.url", sides.stack.postgres().jdbcUrl(name + "_copy"));
            sides.connect().put(source, config);
            copy.execute("update etcd set value = 'of the copy' where key = ?", key);
            awaitValue(key, "of the copy");
            system.awaitRows("etcd", Map.of(key, "of the copy"));

            String sink = system.connector("etcd-sink");
            system.postgres.execute("update etcd set value = 'of the original' where key = ?", key);
            await("the original is refused").until(() -> sides.connect().failure(sink) != null);
            assertThat(sides.connect().failure(sink))
                    .contains("sends again", "has taken over its origin", "etcd_become_original");
            assertThat(sides.etcd.get(key)).isEqualTo("of the copy");

            sides.connect().delete(source);
            system.postgres.query("select etcd_sync.etcd_become_original()");
            system.put("etcd-sink", Map.of("superseded.database", "skip"));
            awaitValue(key, "of the original");
            sides.awaitRunning(sink);
        }
    }

    private PostgresSide copy(ExampleSystem system, String name) {
        String[] connectors = {system.connector("pg-sink"), system.connector("pg-notify-source")};
        sides.stop(connectors);
        sides.postgres.execute("create database " + name + " template " + system.name);
        sides.resume(connectors);
        return new PostgresSide(sides.stack.postgres(), name);
    }

    private void awaitValue(String key, String value) {
        await(key + " is " + value).until(() -> value.equals(sides.etcd.get(key)));
    }
}
