package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.stack.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rights that the README grants to the connectors' role are enough, also in PostgreSQL 15 and later. */
class ReadmeRightsIT {
    private static final Pattern SQL = Pattern.compile("(?s)```sql\\s+(create role sync.*?)```");

    private final Sides sides = Sides.shared();
    private final ExampleSystem system = new ExampleSystem(sides, ExampleSystem.unused("rights"));

    @AfterEach
    void close() {
        system.close();
    }

    @Test
    void theConnectorsRunWithThem() throws IOException {
        Matcher rights = SQL.matcher(Files.readString(Checkout.root().resolve("README.md")));
        assertThat(rights.find()).isTrue();
        String role = system.name + "_role";
        sides.stack
                .postgres()
                .execute(
                        system.name,
                        rights.group(1)
                                .replaceAll("\\bsync\\b", role)
                                .replace("database app", "database " + system.name)
                                .replace("…", "secret"));
        Map<String, String> login = Map.of("connection.user", role, "connection.password", "secret");
        system.start(Map.of("pg-sink", login, "pg-notify-source", login));

        String key = system.prefix + "key";
        sides.etcd.put(key, "from etcd");
        system.awaitRows("public.etcd", Map.of(key, "from etcd"));
        system.awaitSnapshot();
        system.postgres.execute("update public.etcd set value = 'from SQL' where key = ?", key);
        await("the change in etcd").until(() -> "from SQL".equals(sides.etcd.get(key)));
        assertThat(system.postgres.query("select tableowner from pg_tables where tablename = 'etcd'"))
                .containsExactly(role);
    }
}
