package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.servers.LocalServer;
import dev.etcdpg.testing.stack.Entry;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Kills a server in the middle of a load in both directions, and starts it again. */
final class Crash implements Chapter {
    private static final int WRITES = 1_500;
    private static final long RETRY_MS = 50;

    private final String what;
    private final String folder;
    private final Function<DemoWorld, LocalServer> victim;

    private Crash(String what, String folder, Function<DemoWorld, LocalServer> victim) {
        this.what = what;
        this.folder = folder;
        this.victim = victim;
    }

    static Crash worker() {
        return new Crash(
                "The Connect worker", "worker", world -> world.stack().workers().get(0));
    }

    static Crash broker() {
        return new Crash("The Kafka broker", "broker", world -> world.stack().kafka());
    }

    static Crash postgres() {
        return new Crash("PostgreSQL", "postgres", world -> world.stack().postgres());
    }

    static Crash etcd() {
        return new Crash("etcd", "etcd", world -> world.stack().etcd());
    }

    @Override
    public String title() {
        return what + " is killed in the middle of a load and started again";
    }

    @Override
    public void tell(DemoWorld world) throws Exception {
        AtomicInteger written = new AtomicInteger();
        CompletableFuture<Void> inEtcd = load(written, i -> world.etcd().put(key("etcd", i), "value " + i));
        DemoTable another = world.table().another();
        CompletableFuture<Void> inSql = load(
                written,
                i -> another.execute(
                        "insert into etcd (key, value) values (?, ?) on conflict do nothing",
                        key("sql", i),
                        "value " + i));
        world.await("a load runs in both directions", () -> written.get() > WRITES || inEtcd.isDone());
        LocalServer server = victim.apply(world);
        server.kill();
        world.say("kill -9 after " + written.get() + " of " + 2 * WRITES + " writes");
        server.start();
        CompletableFuture.allOf(inEtcd, inSql).join();
        another.close();
        world.say("the server runs again, and the load is complete");
        world.awaitRunning();

        world.awaitEqual();
        world.check(
                world.etcd().all(DemoWorld.key("crash/" + folder + "/sql/")).values().stream()
                                .filter(entry -> entry.version() == 1)
                                .count()
                        == WRITES,
                "each of the " + WRITES + " rows inserted in SQL was written to etcd exactly once");
        String mine = DemoWorld.key("crash/" + folder + "/");
        world.check(
                world.table()
                                .number(
                                        "select count(*) - count(distinct (key, revision)) from etcd_sync.etcd_history"
                                                + " where starts_with(key, ?)",
                                        mine)
                        == 0,
                "the history has no duplicates");
        long versions = world.etcd().all(mine).values().stream()
                .mapToLong(Entry::version)
                .sum();
        long known =
                world.table().number("select count(*) from etcd_sync.etcd_history where starts_with(key, ?)", mine);
        world.check(
                known == versions,
                "the history has all " + versions + " revisions of these keys (found " + known + ")");
    }

    private String key(String side, int i) {
        return DemoWorld.key("crash/" + folder + "/" + side + "/" + i);
    }

    @FunctionalInterface
    private interface Write {
        void write(int i) throws IOException, SQLException;
    }

    /** Writes one value after the other, and repeats each write until the server accepts it. */
    private static CompletableFuture<Void> load(AtomicInteger written, Write write) {
        return CompletableFuture.runAsync(() -> {
            for (int i = 0; i < WRITES; i++) {
                insist(i, write);
                written.incrementAndGet();
            }
        });
    }

    private static void insist(int i, Write write) {
        Callable<Boolean> attempt = () -> {
            try {
                write.write(i);
                return true;
            } catch (IOException | SQLException serverIsAway) {
                Thread.sleep(RETRY_MS);
                return false;
            }
        };
        try {
            while (!attempt.call()) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException();
                }
            }
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }
}
