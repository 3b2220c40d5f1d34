package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.stack.Stack;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL is restored from an older copy of its files, or emptied, while the connectors run. Both sides become equal without an operator. */
class PostgresRestoredIT {
    private static final int KEYS = 500;

    private final Sides sides = Sides.shared();

    @TempDir
    Path folder;

    private void someKeys(String of) {
        sides.etcd.putMany(KEYS, i -> key(of + i), i -> "first " + i);
        upsert(of + "local", "local");
        sides.awaitEqual();
    }

    private void upsert(String name, String value) {
        sides.postgres.execute(
                "insert into etcd (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
                key(name),
                value);
    }

    @Test
    void postgresIsRestoredFromAnOlderCopyOfItsFiles() {
        someKeys("restored/");
        Path backup = folder.resolve("backup");
        sides.stack.postgres().backUp(backup);
        sides.etcd.putMany(KEYS / 2, i -> key("restored/" + i), i -> "second " + i);
        sides.etcd.delete(key("restored/7"));
        for (int i = 0; i < 20; i++) {
            upsert("restored/local", "local " + i);
            upsert("restored/local/" + i, "new");
        }
        sides.settle();

        sides.stack.postgres().restore(backup);
        sides.stack.postgres().start();
        sides.etcd.put(key("restored/1"), "after");
        upsert("restored/after", "after");

        sides.settle();
        assertThat(sides.etcd.get(key("restored/local")))
                .as("what etcd confirmed stays")
                .isEqualTo("local 19");
        assertThat(sides.etcd.get(key("restored/after"))).isEqualTo("after");
        assertThat(sides.etcd.get(key("restored/7"))).isNull();
    }

    /** The copy has a change in flight that was decided long ago, and later changes followed it. */
    @Test
    void aChangeThatIsUnderWayAgainAfterARestoreDoesNotUndoWhatCameLater() {
        someKeys("underway/");
        sides.stop("etcd-sink");
        upsert("underway/local", "under way");
        await("it is under way")
                .atMost(Duration.ofSeconds(60))
                .until(() ->
                        sides.postgres.number("select count(*) from etcd_sync.etcd_pending where status = 'inflight'")
                                == 1);
        Path backup = folder.resolve("backup");
        sides.stack.postgres().backUp(backup);
        sides.resume("etcd-sink");
        sides.awaitEqual();
        upsert("underway/local", "later");
        sides.settle();

        sides.stack.postgres().restore(backup);
        sides.stack.postgres().start();

        sides.settle();
        assertThat(sides.etcd.get(key("underway/local"))).isEqualTo("later");
    }

    @Test
    void theSchemaAndTheTableAreDropped() {
        someKeys("dropped/");
        String origin = origin();

        sides.postgres.execute("drop schema etcd_sync cascade");
        sides.postgres.execute("drop table public.etcd");
        awaitAnotherOrigin(origin);

        sides.settle();
        upsert("dropped/local", "again");
        sides.etcd.delete(key("dropped/1"));
        sides.settle();
        assertThat(sides.etcd.get(key("dropped/local"))).isEqualTo("again");
    }

    @Test
    void theDatabaseIsDroppedAndMadeAnew() {
        someKeys("anew/");
        String origin = origin();

        sides.stack.postgres().execute("postgres", "drop database " + Stack.DATABASE + " with (force)");
        sides.stack.postgres().createDatabase(Stack.DATABASE);
        awaitAnotherOrigin(origin);

        sides.settle();
        upsert("anew/local", "again");
        sides.settle();
        assertThat(sides.etcd.get(key("anew/local"))).isEqualTo("again");
    }

    private String origin() {
        return sides.postgres
                .query("select origin from etcd_sync.etcd_database")
                .get(0);
    }

    private void awaitAnotherOrigin(String origin) {
        await("the tables are made anew")
                .atMost(Duration.ofSeconds(90))
                .ignoreExceptions()
                .until(() -> !origin().equals(origin));
    }
}
