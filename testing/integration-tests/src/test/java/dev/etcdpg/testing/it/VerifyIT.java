package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.plugin.PluginPath;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command verify of the tool, while both sides are being written. */
class VerifyIT {

    private static final String PLANTED = Stack.PREFIX + "verify/planted-";

    private final Sides sides = Sides.shared();

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeFile() throws IOException {
        file = Files.writeString(
                folder.resolve("sync.yaml"),
                """
                etcd: {endpoints: ["%s"]}
                postgres: {url: "%s", user: %s, password: %s}
                routes: [{prefix: %s, table: etcd}]
                """
                        .formatted(
                                sides.stack.etcd().endpoint(),
                                sides.stack.postgres().jdbcUrl(Stack.DATABASE),
                                sides.stack.postgres().user(),
                                sides.stack.postgres().password(),
                                Stack.PREFIX));
    }

    @AfterEach
    void settle() {
        sides.etcd.deletePrefix(Stack.PREFIX + "verify/");
        sides.settle();
    }

    @Test
    void equalSidesAreEqualWhileBothAreWritten() throws Exception {
        try (Writers writers = new Writers()) {
            for (int i = 0; i < 3; i++) {
                ToolRun run = ToolRun.of("verify", "--json", file.toString());
                assertThat(run.exitCode()).as(run.toString()).isZero();
                assertThat(json(run).path("equal").asBoolean()).isTrue();
            }
            assertThat(writers.written.get()).as("writes meanwhile").isGreaterThan(50);
        }
    }

    /** The file in the archive has all libraries that it needs. */
    @Test
    void theExecutableOfTheArchiveWorks() throws Exception {
        Path executable;
        try (Stream<Path> files = Files.walk(PluginPath.folder())) {
            executable = files.filter(path -> path.endsWith(Path.of("bin", "etcd-pg")))
                    .findFirst()
                    .orElseThrow();
        }
        Process process = new ProcessBuilder(executable.toString(), "verify", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).startsWith("etcd: ").contains(", equal");
    }

    /** Each kind of difference is found, and no other, under load. */
    @Test
    void plantedDifferencesAreFoundAndRepaired() throws Exception {
        for (String name : List.of("changed", "deleted", "falsified", "outdated", "hash", "equal")) {
            sides.etcd.put(PLANTED + name, "right");
        }
        sides.settle();
        sides.etcd.put((PLANTED + "binary").getBytes(StandardCharsets.UTF_8), new byte[] {(byte) 0xff, 0});
        try (Writers writers = new Writers()) {
            plant();
            ToolRun run = ToolRun.of("verify", "--json", "--settle", "2", file.toString());
            assertThat(run.exitCode()).as(run.toString()).isEqualTo(4);
            assertThat(differences(run))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            PLANTED + "changed", "ROW_DIFFERS",
                            PLANTED + "deleted", "ROW_MISSING",
                            PLANTED + "inserted", "ROW_EXTRA",
                            PLANTED + "falsified", "MIRROR_DIFFERS",
                            PLANTED + "hash", "MIRROR_DIFFERS",
                            PLANTED + "outdated", "MISSING",
                            PLANTED + "ghost", "EXTRA"));
            assertThat(json(run).path("routes").get(0).path("deadLetters").asLong())
                    .isEqualTo(1);
            assertThat(ToolRun.of("verify", "--settle", "0", file.toString()).out())
                    .contains("7 differ", PLANTED + "ghost: ", "1 that PostgreSQL cannot hold", "--repair");

            ToolRun repaired = ToolRun.of("verify", "--repair", "--settle", "1", "--timeout", "40", file.toString());
            assertThat(repaired.exitCode()).as(repaired.toString()).isZero();
            assertThat(writers.written.get()).as("writes meanwhile").isGreaterThan(50);
        }
    }

    private void plant() {
        pastTheTriggers("update etcd set value = 'wrong' where key = ?", PLANTED + "changed");
        pastTheTriggers("delete from etcd where key = ?", PLANTED + "deleted");
        pastTheTriggers("insert into etcd (key, value) values (?, 'wrong')", PLANTED + "inserted");
        String mirror = "update etcd_sync.etcd_mirror set %s where key = ?";
        sides.postgres.execute(mirror.formatted("revision = revision - 1"), PLANTED + "falsified");
        sides.postgres.execute(mirror.formatted("value_hash = sha256('wrong')"), PLANTED + "hash");
        // as if the event had been lost
        sides.postgres.execute(
                mirror.formatted("revision = 0, value_hash = null, applied_revision = 0"), PLANTED + "outdated");
        pastTheTriggers("delete from etcd where key = ?", PLANTED + "outdated");
        // as if etcd had lost the deletion: a key that etcd does not have
        sides.postgres.execute(
                "insert into etcd_sync.etcd_mirror (route, key, epoch, revision, value_hash, create_revision, version, applied_epoch, applied_revision)"
                        + " select route, ?, epoch, revision, value_hash, create_revision, version, applied_epoch, applied_revision"
                        + " from etcd_sync.etcd_mirror where key = ?",
                PLANTED + "ghost",
                PLANTED + "equal");
        pastTheTriggers(
                "insert into etcd (key, value, mod_revision, create_revision, version)"
                        + " select ?, value, mod_revision, create_revision, version from etcd where key = '" + PLANTED
                        + "equal'",
                PLANTED + "ghost");
    }

    private void pastTheTriggers(String sql, String key) {
        try (Connection connection = sides.postgres.connect();
                Statement role = connection.createStatement();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            role.execute("set session_replication_role = replica");
            statement.setString(1, key);
            assertThat(statement.executeUpdate()).isEqualTo(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Test
    void whatCannotBeComparedIsSaid() throws Exception {
        Files.writeString(file, Files.readString(file).replace("table: etcd", "table: nobody"));
        ToolRun run = ToolRun.of("verify", file.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("does not mirror a route nobody").doesNotContain("\tat ");
    }

    private static Map<String, String> differences(ToolRun run) throws IOException {
        Map<String, String> findings = new TreeMap<>();
        json(run)
                .path("routes")
                .get(0)
                .path("differences")
                .forEach(difference -> findings.put(
                        difference.path("key").asText(),
                        difference.path("finding").asText()));
        return findings;
    }

    private static JsonNode json(ToolRun run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }

    /** Writes, changes and deletes keys on both sides until it is closed. */
    private final class Writers implements AutoCloseable {
        final AtomicInteger written = new AtomicInteger();
        private final AtomicBoolean done = new AtomicBoolean();
        private final List<CompletableFuture<Void>> runs = new ArrayList<>();

        Writers() {
            runs.add(CompletableFuture.runAsync(() -> write(this::inEtcd)));
            runs.add(CompletableFuture.runAsync(() -> write(this::inPostgres)));
        }

        private void write(IntConsumer one) {
            for (int i = 0; !done.get(); i++) {
                one.accept(i);
                written.incrementAndGet();
            }
        }

        private void inEtcd(int i) {
            String key = Stack.PREFIX + "verify/etcd-" + i % 40;
            if (i % 7 == 0) {
                sides.etcd.delete(key);
            } else {
                sides.etcd.put(key, "value " + i);
            }
        }

        private void inPostgres(int i) {
            String key = Stack.PREFIX + "verify/sql-" + i % 40;
            if (i % 7 == 0) {
                sides.postgres.execute("delete from etcd where key = ?", key);
            } else {
                sides.postgres.execute(
                        "insert into etcd (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
                        key,
                        "value " + i);
            }
        }

        @Override
        public void close() {
            done.set(true);
            runs.forEach(CompletableFuture::join);
        }
    }
}
