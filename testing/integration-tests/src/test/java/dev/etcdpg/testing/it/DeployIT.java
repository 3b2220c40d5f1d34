package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.plugin.PluginPath;
import dev.etcdpg.testing.servers.ConnectWorker;
import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.Kafka;
import dev.etcdpg.testing.servers.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands deploy and remove of the tool. */
class DeployIT {

    private final Sides sides = Sides.shared();
    private final Etcd etcd = sides.stack.etcd();
    private final Postgres postgres = sides.stack.postgres();
    private final Kafka kafka = sides.stack.kafka();

    @TempDir
    private Path folder;

    @Test
    void aMirrorIsDeployedChangedAndRemoved() throws Exception {
        String database = postgres.newDatabase("deploy");
        Path file = write(file("life", database, "/life/"));

        ToolRun dryRun = ToolRun.of("deploy", "--dry-run", file.toString());
        assertThat(dryRun.err()).isEmpty();
        assertThat(dryRun.exitCode()).isZero();
        assertThat(dryRun.out()).contains("+ topic life.etcd.config", "+ connector life-pg-sink", "--dry-run");
        assertThat(dryRun.out()).doesNotContain(postgres.password());
        assertThat(sides.connect().connectors()).noneMatch(name -> name.startsWith("life-"));

        ToolRun deployed = ToolRun.of("deploy", file.toString());
        assertThat(deployed.exitCode()).as(deployed.err()).isZero();
        assertThat(deployed.err()).contains("waiting for ");
        etcd.etcdctl("put", "/life/a", "1");
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> postgres.query(
                        database, "select value from config where key = '/life/a'")
                .equals(List.of("1")));
        postgres.execute(database, "update config set value = '2' where key = '/life/a'");
        await().atMost(Duration.ofSeconds(30)).until(() -> etcd.etcdctl("get", "/life/a", "--print-value-only")
                .strip()
                .equals("2"));

        ToolRun again = ToolRun.of("deploy", "--json", file.toString());
        assertThat(json(again).path("changed").asBoolean()).isFalse();

        write(file("life", database, "/life/") + "settings: {etcdSink: {max.txn.keys: 50}}\n");
        ToolRun changed = ToolRun.of("deploy", file.toString());
        assertThat(changed.out())
                .contains("~ connector life-etcd-sink", "max.txn.keys: (not set) → 50")
                .doesNotContain("life-pg-sink");
        assertThat(sides.connect().config("life-etcd-sink").path("max.txn.keys").asText())
                .isEqualTo("50");

        ToolRun removed = ToolRun.of("remove", "--topics", file.toString());
        assertThat(removed.exitCode()).as(removed.err()).isZero();
        assertThat(removed.out()).contains("Removed: life-pg-sink", "public.config", "What stays");
        assertThat(sides.connect().connectors()).noneMatch(name -> name.startsWith("life-"));
        assertThat(ToolRun.of("deploy", "--dry-run", file.toString()).out()).contains("+ topic life.etcd.config");
        assertThat(postgres.query(database, "select value from config")).containsExactly("2");
    }

    @Test
    void aRouteThatIsGoneTakesItsConnectorWithIt() throws Exception {
        String database = postgres.newDatabase("routes");
        String one = file("routes", database, "/one/");
        Path file = write(one + "  - {prefix: /two/, table: two, direction: from-etcd}\n");
        assertThat(ToolRun.of("deploy", file.toString()).exitCode()).isZero();
        assertThat(sides.connect().connectors()).contains("routes-etcd-source-one-way");

        write(one);
        ToolRun run = ToolRun.of("deploy", file.toString());

        assertThat(run.out())
                .contains("- connector routes-etcd-source-one-way", "~ connector routes-pg-sink")
                .doesNotContain("connector routes-etcd-source\n");
        assertThat(sides.connect().connectors()).doesNotContain("routes-etcd-source-one-way");
        assertThat(ToolRun.of("remove", file.toString()).exitCode()).isZero();
    }

    /** A key is changed on both sides. The operator sees the held change, decides, and looks at what has happened. */
    @Test
    void anOperatorSeesTheStateAndDecides() throws Exception {
        String database = postgres.newDatabase("operate");
        String path = write(file("operate", database, "/operate/") + "    conflictPolicy: manual\n")
                .toString();
        assertThat(ToolRun.of("deploy", path).exitCode()).isZero();
        assertThat(ToolRun.of("pending", "-f", path).out()).contains("No change is pending.");
        etcd.etcdctl("put", "/operate/a", "first");
        awaitSql(database, "select value from config", "first");

        sides.stop("operate-etcd-sink");
        postgres.execute(database, "update config set value = 'from-sql'");
        etcd.etcdctl("put", "/operate/a", "from-etcd");
        awaitSql(database, "select status from etcd_sync.etcd_pending", "held");
        ToolRun stopped = ToolRun.of("status", path);
        assertThat(stopped.exitCode()).as(stopped.toString()).isEqualTo(1);
        assertThat(stopped.out()).contains("! operate-etcd-sink does not run: STOPPED with 0 tasks.");
        assertThat(ToolRun.of("pending", "--held", "-f", path).out())
                .contains("/operate/a", "8 bytes")
                .doesNotContain("from-sql");
        assertThat(json(ToolRun.of("pending", "--json", "--values", "-f", path))
                        .get(0)
                        .path("value")
                        .asText())
                .isEqualTo("from-sql");

        assertThat(ToolRun.of("resolve", "/operate/none", "etcd", "-f", path).err())
                .contains("no change of \"/operate/none\" is held")
                .doesNotContain("\tat ");
        assertThat(ToolRun.of("resolve", "/operate/a", "nobody", "-f", path).exitCode())
                .isEqualTo(2);
        assertThat(ToolRun.of("resolve", "/operate/a", "postgres", "-f", path).out())
                .contains("will be sent again");
        sides.resume("operate-etcd-sink");
        await().atMost(Duration.ofSeconds(60)).until(() -> etcd.etcdctl("get", "/operate/a", "--print-value-only")
                .strip()
                .equals("from-sql"));
        awaitSql(database, "select count(*)::text from etcd_sync.etcd_pending", "0");

        JsonNode history = json(ToolRun.of("history", "/operate/a", "--json", "--values", "-f", path));
        assertThat(history.findValuesAsText("value")).containsExactly("first", "from-etcd", "from-sql");
        assertThat(ToolRun.of("prune", "--keep-per-key", "1", "-f", path).out()).contains("Removed 2 entries");
        assertThat(ToolRun.of("prune", "-f", path).exitCode()).isEqualTo(3);
        assertThat(ToolRun.of("conflicts", "-f", path).out()).contains("There is no conflict.");
        assertThat(ToolRun.of("resync", "/operate/", "-f", path).out()).contains("A snapshot is asked for.");
        assertThat(ToolRun.of("resync", "--route", "config", "--after", "/operate/", "-f", path)
                        .exitCode())
                .isZero();
        awaitSql(database, "select count(*)::text from etcd_sync.etcd_request", "0");

        ToolRun status = ToolRun.of("status", "--json", path);
        assertThat(status.exitCode()).as(status.toString()).isZero();
        JsonNode route = json(status).path("routes").get(0);
        assertThat(route.path("route").asText()).isEqualTo("config");
        assertThat(route.path("applied_revision").asLong()).isPositive();
        assertThat(route.path("seconds_behind").asLong()).isLessThan(60);
        assertThat(json(status).path("connectors")).hasSize(4);
        assertThat(json(status).path("deadLetters").findValues("operate-pg-sink-manual.dlq"))
                .singleElement()
                .satisfies(count -> assertThat(count.asLong()).isZero());
        assertThat(ToolRun.of("status", path).out()).contains("From etcd to PostgreSQL:", "operate-pg-sink");
        assertThat(ToolRun.of("verify", path).out()).contains("config: 1 keys", "equal");
        assertThat(ToolRun.of("remove", "--topics", path).exitCode()).isZero();
    }

    private void awaitSql(String database, String query, String value) {
        await(query).atMost(Duration.ofSeconds(60)).until(() -> postgres.query(database, query)
                .equals(List.of(value)));
    }

    /** Each mistake is found before anything is changed, and named by the field of the file. */
    @Test
    void mistakesChangeNothing() throws Exception {
        String database = postgres.newDatabase("mistakes");
        String right = file("wrong", database, "/wrong/");

        assertRefused(right.replace("password: " + postgres.password(), "password: no"), "postgres.", "password");
        assertRefused(right.replace("/" + database, "/absent"), "postgres.url", "absent");
        assertRefused(right.replace(etcd.endpoint(), "http://127.0.0.1:1"), "etcd.endpoints", "127.0.0.1:1");
        assertRefused(right.replace("table: config", "table: absent.config"), "routes, table", "no schema absent");
        assertRefused(right.replace("prefix: /wrong/", "prefix: /etcd-pg-connect/"), "routes", "bookkeeping.prefix");
        assertRefused(right.replace(sides.connect().url(), "http://127.0.0.1:1"), "", "No Connect worker");
        assertRefused(right.replace(kafka.bootstrap(), "127.0.0.1:1"), "", "No Kafka broker");
        assertRefused(right + "settings: {pgSink: {auto.create: maybe}}\n", "wrong-pg-sink, auto.create", "maybe");
        assertRefused(right.replace("password: " + postgres.password(), "password: ${file:/absent:pg}"), "", "/absent");
        assertThat(sides.connect().connectors()).noneMatch(name -> name.startsWith("wrong-"));
        ToolRun nothing = ToolRun.of("deploy", "--dry-run", write(right).toString());
        assertThat(nothing.out()).contains("+ topic wrong.etcd.config", "+ connector wrong-etcd-source");
    }

    @Test
    void workersThatCannotRunTheConnectorsAreRefused() throws Exception {
        String database = postgres.newDatabase("strict");
        try (ConnectWorker strict = ConnectWorker.builder(kafka.bootstrap())
                .name("connect-strict")
                .setting("group.id", "strict")
                .setting("config.storage.topic", "strict-configs")
                .setting("offset.storage.topic", "strict-offsets")
                .setting("status.storage.topic", "strict-status")
                .setting("exactly.once.source.support", "disabled")
                .setting("connector.client.config.override.policy", "None")
                .pluginPath(PluginPath.folder())
                .start()) {
            ToolRun run = ToolRun.of(
                    "deploy",
                    write(file("strict", database, "/strict/")
                                    .replace(sides.connect().url(), strict.url()))
                            .toString());

            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err()).contains("exactly.once.support", "producer.override.linger.ms");
            assertThat(strict.connect().connectors()).isEmpty();
        }
    }

    private void assertRefused(String text, String place, String word) throws IOException {
        ToolRun run = ToolRun.of("deploy", write(text).toString());
        assertThat(run.exitCode()).as(run.toString()).isIn(1, 3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(place, word).doesNotContain("\tat ");
    }

    private static JsonNode json(ToolRun run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("sync.yaml"), text);
    }

    private String file(String name, String database, String prefix) {
        return """
                name: %s
                etcd:
                  endpoints: ["%s"]
                postgres:
                  url: %s
                  user: %s
                  password: %s
                kafka:
                  bootstrapServers: %s
                connect:
                  url: %s
                routes:
                  - prefix: %s
                    table: config
                """
                .formatted(
                        name,
                        etcd.endpoint(),
                        postgres.jdbcUrl(database),
                        postgres.user(),
                        postgres.password(),
                        kafka.bootstrap(),
                        sides.connect().url(),
                        prefix);
    }
}
