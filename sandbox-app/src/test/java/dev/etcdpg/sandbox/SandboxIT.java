package dev.etcdpg.sandbox;

import static dev.etcdpg.sandbox.SandboxRun.awaitRow;
import static dev.etcdpg.sandbox.SandboxRun.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.sandbox.demo.Demo;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands as a user gives them, and the story of the demo, on the stack of {@code ./sandbox up} with two workers. The story comes last
 * because it kills servers.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SandboxIT {
    @TempDir
    private static Path root;

    @BeforeAll
    static void up() throws IOException {
        System.setProperty("sandbox.root", root.toString());
        Files.createSymbolicLink(
                root.resolve("config-examples"),
                Path.of("..", "config-examples").toAbsolutePath().normalize());
        assertThat(run("status").out()).contains("Nothing is up");
        SandboxRun up = run("up", "--workers", "2");
        assertThat(up.status()).as(up.err()).isZero();
        assertThat(run("sql", "select * from etcd").err())
                .as("the table exists when up returns")
                .isEmpty();
    }

    @AfterAll
    static void down() {
        try {
            assertThat(run("down").status()).isZero();
            assertThat(root.resolve(".sandbox/up")).doesNotExist();
        } finally {
            System.clearProperty("sandbox.root");
        }
    }

    @Test
    void aUserFindsEveryAddressAndSeesBothSidesFollowEachOther() {
        Map<String, String> environment = new TreeMap<>();
        run("env").out().lines().forEach(line -> environment.put(line.split("=", 2)[0], line.split("=", 2)[1]));
        assertThat(environment)
                .containsKeys(
                        "ETCD_ENDPOINTS",
                        "PG_URL",
                        "KAFKA_BOOTSTRAP",
                        "CONNECT_URL",
                        "ETCD_PREFIX",
                        "PG_TABLE",
                        "DLQ_TOPICS");
        assertThat(environment.get("PG_URL")).matches("postgresql://\\w+:[\\w-]+@127\\.0\\.0\\.1:\\d+/\\w+");

        etcdctl("put", "/config/it", "from etcd");
        awaitRow("select value from etcd where key = '/config/it'", "from etcd");
        assertThat(run("sql", "update etcd set value = 'from sql' where key = '/config/it'")
                        .status())
                .isZero();
        awaitRow("select author from etcd_sync.etcd_history where value = 'from sql'", "postgres");
        assertThat(etcdctl("get", "/config/it", "--print-value-only").strip()).isEqualTo("from sql");
        assertThat(run("topic", "etcd.etcd", "--from-beginning").out()).contains("key=/config/it", "from sql");
    }

    @Test
    void theDatabaseHasTheSettingsOfAnyDatabase() {
        assertThat(run("sql", "show search_path").out()).contains("\"$user\", public");
        assertThat(run("sql", "select count(*) from pg_db_role_setting").out()).contains("0");
    }

    @Test
    void sqlThatIsRefusedGivesTheServersSentence() {
        SandboxRun run = run("sql", "insert into etcd (key, value) values ('/elsewhere', 'x')");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("outside of route").doesNotContain("PL/pgSQL");
    }

    @Test
    void aKilledWorkerIsDeadAStoppedDatabaseIsStoppedAndBothComeBack() {
        run("kill", "connect-1");
        assertThat(run("status").out()).containsPattern("connect-1 +\\| dead");
        etcdctl("put", "/config/killed", "one worker left");
        awaitRow("select value from etcd where key = '/config/killed'", "one worker left");
        assertThat(run("start", "connect-1").status()).isZero();
        assertThat(run("status").out()).containsPattern("connect-1 +\\| running");

        run("stop", "postgres");
        assertThat(run("status").out()).containsPattern("postgres +\\| stopped");
        run("cont", "postgres");
        assertThat(run("status").out()).containsPattern("postgres +\\| running");
        assertThat(run("kill", "nobody").err()).contains("there is no server nobody");
    }

    /**
     * The story of {@code ./sandbox demo}: both ways, loads, quick updates, conflicts, silence, kills, hostile input. The chapters that
     * measure time are left out, because a busy machine fails them.
     */
    @Test
    @Order(Integer.MAX_VALUE)
    void theStoryHolds() {
        assertThat(new Demo(Stack.running(), System.out).run(Demo.untimed()))
                .as("every check of the demo, see its output")
                .isTrue();
    }

    /** The command would give etcdctl the standard output of this process. */
    private static String etcdctl(String... arguments) {
        return Stack.running().etcd().etcdctl(arguments);
    }
}
