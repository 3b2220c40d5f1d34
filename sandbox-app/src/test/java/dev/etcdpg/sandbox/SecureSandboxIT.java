package dev.etcdpg.sandbox;

import static dev.etcdpg.sandbox.SandboxRun.awaitRow;
import static dev.etcdpg.sandbox.SandboxRun.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.sandbox.demo.Demo;
import dev.etcdpg.testing.servers.LocalServer;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.Stack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code ./sandbox} on a stack of {@code ./sandbox up --secure}. No later command names the option. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecureSandboxIT {
    private static final String VALUE = "planted-value";
    private static final Set<Integer> CHAPTERS = Set.of(1, 4);

    @TempDir
    private static Path root;

    /** Everything that the commands have printed. */
    private static final List<String> PRINTED = new ArrayList<>();

    @BeforeAll
    static void up() throws IOException {
        System.setProperty("sandbox.root", root.toString());
        Files.createSymbolicLink(
                root.resolve("config-examples"),
                Path.of("..", "config-examples").toAbsolutePath().normalize());
        assertThat(sandbox("up", "--secure").status()).isZero();
    }

    @AfterAll
    static void down() {
        try {
            assertThat(sandbox("down").status()).isZero();
            assertThat(root.resolve(".sandbox/up")).doesNotExist();
        } finally {
            System.clearProperty("sandbox.root");
        }
    }

    private static SandboxRun sandbox(String... arguments) {
        SandboxRun run = run(arguments);
        PRINTED.add(run.out());
        PRINTED.add(run.err());
        return run;
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        sandbox("env").out().lines().forEach(line -> environment.put(line.split("=", 2)[0], line.split("=", 2)[1]));
        return environment;
    }

    /** Returns the passwords that the stack has made. */
    private static List<String> passwords() throws IOException {
        List<String> all = new ArrayList<>();
        for (String file : List.of("passwords.properties", "connect/secrets.properties")) {
            Properties some = new Properties();
            try (var in =
                    Files.newInputStream(root.resolve(".sandbox/up/security").resolve(file))) {
                some.load(in);
            }
            some.values().forEach(password -> all.add(password.toString()));
        }
        return all;
    }

    @Test
    @Order(1)
    void bothSidesFollowEachOther() {
        Stack.running().etcd().etcdctl("put", "/config/it", VALUE);
        awaitRow("select value from etcd where key = '/config/it'", VALUE);
        assertThat(sandbox("sql", "update etcd set value = 'from sql' where key = '/config/it'")
                        .status())
                .isZero();
        await("the change in etcd").until(() -> Stack.running()
                .etcd()
                .etcdctl("get", "/config/it", "--print-value-only")
                .strip()
                .equals("from sql"));
        await("the change in the history").until(() -> sandbox(
                        "sql", "--as", "operator", "select author from etcd_sync.etcd_history where key = '/config/it'")
                .out()
                .contains("etcd_application"));
    }

    @Test
    @Order(1)
    void eachRoleHasItsRightsOnly() {
        SandboxRun refused = sandbox("sql", "select * from etcd_sync.etcd_history");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("permission denied for table etcd_history", "--as operator");
        assertThat(sandbox("sql", "--as", "operator", "delete from etcd").err()).contains("permission denied");
        assertThat(sandbox("sql", "--as", "superuser", "select current_user").out())
                .contains("postgres");
        assertThat(sandbox("sql", "--as", "superuser", "select tableowner from pg_tables where tablename = 'etcd'")
                        .out())
                .contains("etcd_owner");
        assertThat(sandbox(
                                "sql",
                                "--as",
                                "superuser",
                                "select distinct usename || ' ' || ssl from pg_stat_activity join pg_stat_ssl using (pid)"
                                        + " where application_name like 'etcd-pg-connect%' order by 1")
                        .out())
                .contains("etcd_pg_sink true", "etcd_pg_source true", "(2 rows)");
        assertThat(Stack.running().etcd().etcdctl("role", "get", "etcd-source"))
                .contains("KV Read:\n\t[/config/, /config0)", "KV Write:\n\t[/etcd-pg-connect/, /etcd-pg-connect0)")
                .doesNotContain("KV Write:\n\t[/config/");
    }

    @Test
    @Order(1)
    void plainTextIsRefused() {
        Map<String, String> environment = environment();
        String etcd = environment.get("ETCD_ENDPOINTS");
        assertThat(etcd).startsWith("https://");
        assertThatThrownBy(() -> new EtcdHttpClient(etcd.replace("https:", "http:")).revision())
                .isInstanceOf(IOException.class);
        String url = environment.get("PG_JDBC_URL").replaceFirst("\\?.*", "?sslmode=disable");
        assertThatThrownBy(() -> DriverManager.getConnection(url, environment.get("PG_USER"), "any"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("no encryption");
    }

    /** The environment names files with passwords, and no password. */
    @Test
    @Order(1)
    void aClientOfTheUserConnectsWithTheEnvironment() throws Exception {
        Map<String, String> environment = environment();
        assertThat(environment).doesNotContainKey("PG_PASSWORD");
        assertThat(environment.get("PG_URL"))
                .matches("postgresql://etcd_application@localhost:\\d+/sandbox\\?.*passfile=.*");
        for (String file : List.of("ETCDCTL_CACERT", "ETCDCTL_CERT", "ETCDCTL_KEY", "PGPASSFILE", "PGSSLROOTCERT")) {
            assertThat(Path.of(environment.get(file))).as(file).isRegularFile();
        }
        System.setProperty("org.postgresql.pgpassfile", environment.get("PGPASSFILE"));
        try (var connection = DriverManager.getConnection(
                        environment.get("PG_JDBC_URL") + "&user=" + environment.get("PG_USER"));
                var row = connection.createStatement().executeQuery("select current_user")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("etcd_application");
        } finally {
            System.clearProperty("org.postgresql.pgpassfile");
        }
    }

    /** etcd has forgotten all tokens, and its certificate comes from the folder again. */
    @Test
    @Order(2)
    void killedServersComeBackSecured() {
        for (String server : List.of("etcd", "postgres")) {
            assertThat(sandbox("kill", server).status()).isZero();
            assertThat(sandbox("status").out()).containsPattern(server + " +\\| dead");
            assertThat(sandbox("start", server).status()).isZero();
        }
        assertThat(sandbox("up").status()).isZero();
        Stack.running().etcd().etcdctl("put", "/config/again", "2");
        awaitRow("select value from etcd where key = '/config/again'", "2");
        assertThat(sandbox("sql", "delete from etcd where key = '/config/again'")
                        .status())
                .isZero();
        await("the deletion in etcd")
                .until(() ->
                        Stack.running().etcd().etcdctl("get", "/config/again").isEmpty());
    }

    @Test
    @Order(3)
    void theStoryHolds() {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        boolean holds = new Demo(Stack.running(), new PrintStream(told, true, StandardCharsets.UTF_8)).run(CHAPTERS);
        PRINTED.add(told.toString(StandardCharsets.UTF_8));
        assertThat(holds).as(told.toString(StandardCharsets.UTF_8)).isTrue();
    }

    /** In the output of all commands above, in the logs, in the command lines, and in the configurations that Connect stores and shows. */
    @Test
    @Order(Integer.MAX_VALUE)
    void noPasswordIsShown() throws IOException {
        sandbox("sql", "--as", "owner", "select 1 / 0");
        sandbox("kill", "nobody");
        sandbox("topic", "connect-configs", "--from-beginning");
        Stack stack = Stack.running();
        List<String> shown = new ArrayList<>(PRINTED);
        shown.add(stack.connect().everything().toString());
        assertThat(String.join("", shown)).contains("${file:", "secrets.properties:pg-sink}");
        List<String> logs = new ArrayList<>();
        for (LocalServer server : stack.servers()) {
            logs.add(Files.readString(server.log(), StandardCharsets.ISO_8859_1));
            logs.add(Files.readString(Path.of("/proc/" + server.pid() + "/cmdline")));
            try (Stream<Path> files = Files.list(server.folder())) {
                for (Path settings : files.filter(file -> file.toString().endsWith(".properties"))
                        .toList()) {
                    logs.add(Files.readString(settings));
                }
            }
        }
        assertThat(logs).hasSizeGreaterThan(8).noneMatch(log -> log.contains(VALUE));
        shown.addAll(logs);
        for (String password : passwords()) {
            assertThat(shown).noneMatch(text -> text.contains(password));
        }
    }
}
