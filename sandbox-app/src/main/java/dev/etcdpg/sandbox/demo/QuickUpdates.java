package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.stack.Entry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Updates of one row that are faster than a round trip. */
final class QuickUpdates implements Chapter {
    private static final String FIVE = DemoWorld.key("five-updates");
    private static final String THOUSAND = DemoWorld.key("thousand-updates");

    @Override
    public String title() {
        return "Updates of one row that come faster than a round trip";
    }

    @Override
    public void tell(DemoWorld world) throws Exception {
        five(world);
        thousand(world);
    }

    private static void five(DemoWorld world) throws Exception {
        begin(world, FIVE);
        List<Integer> read = updateAndRead(world, FIVE, 5, QuickUpdates::oneByOne);
        List<String> inEtcd = values(world, FIVE);
        world.say("etcd's revisions of " + FIVE + ": " + inEtcd);
        world.check(
                inEtcd.equals(List.of("0", "1", "2", "3", "4", "5")), "etcd has all five updates, in order, each once");
        afterwards(world, FIVE, read);
    }

    private static void thousand(DemoWorld world) throws Exception {
        begin(world, THOUSAND);
        List<Integer> read = updateAndRead(world, THOUSAND, 1_000, QuickUpdates::inTheServer);
        List<String> inEtcd = values(world, THOUSAND);
        world.check(inEtcd.size() < 1_000, "the updates were conflated: etcd has " + (inEtcd.size() - 1) + " of them");
        List<Integer> numbers = inEtcd.stream().map(Integer::valueOf).toList();
        world.check(isGrowing(numbers), "etcd has them in order");
        afterwards(world, THOUSAND, read);
    }

    @FunctionalInterface
    private interface Updater {
        void update(DemoWorld world, String key, int updates) throws SQLException;
    }

    private static void oneByOne(DemoWorld world, String key, int updates) throws SQLException {
        for (int i = 1; i <= updates; i++) {
            world.table().execute("update etcd set value = ? where key = ?", Integer.toString(i), key);
        }
    }

    /** Updates in the server, without a round trip for each update. */
    private static void inTheServer(DemoWorld world, String key, int updates) throws SQLException {
        world.table()
                .execute("do $$ begin for i in 1.." + updates + " loop update etcd set value = i::text where key = '"
                        + key + "'; commit; end loop; end $$");
    }

    private static void begin(DemoWorld world, String key) throws Exception {
        world.table().execute("insert into etcd (key, value) values (?, '0')", key);
        world.await("both sides have " + key, () -> settled(world, key, "0"));
    }

    private static boolean settled(DemoWorld world, String key, String value) throws Exception {
        return BothWays.agree(world, key, value) && world.table().pending() == 0;
    }

    private static void afterwards(DemoWorld world, String key, List<Integer> read) throws SQLException {
        world.check(
                world.table().number("select count(*) from etcd_sync.etcd_conflict where key = ?", key) == 0,
                "no update was rejected");
        world.check(
                isGrowing(read),
                "no reader saw an older value after a newer one (" + read.size() + " different values read)");
    }

    /** Updates the row, each time in its own transaction, while a reader reads it. Returns the values that the reader read. */
    private static List<Integer> updateAndRead(DemoWorld world, String key, int updates, Updater updater)
            throws Exception {
        List<Integer> read = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean enough = new AtomicBoolean();
        CountDownLatch reading = new CountDownLatch(1);
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
            try (DemoTable table = world.table().another()) {
                while (!enough.get()) {
                    int value = Integer.parseInt(table.get(key).value());
                    if (read.isEmpty() || read.get(read.size() - 1) != value) {
                        read.add(value);
                    }
                    reading.countDown();
                }
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });
        reading.await();
        long start = System.nanoTime();
        updater.update(world, key, updates);
        String last = Integer.toString(updates);
        world.say(String.format(
                "%,d updates of one row, each in a transaction of its own, in %.2f s",
                updates, (System.nanoTime() - start) / 1e9));
        world.await("both sides have the last value", () -> settled(world, key, last));
        enough.set(true);
        reader.join();
        return read;
    }

    /** Returns the values of a key in etcd, from the first to the last. */
    private static List<String> values(DemoWorld world, String key) throws Exception {
        List<String> values = new ArrayList<>();
        for (Entry entry = world.etcd().get(key); entry != null; ) {
            values.add(0, entry.value());
            entry = entry.version() == 1 ? null : world.etcd().get(key, entry.modRevision() - 1);
        }
        return values;
    }

    private static boolean isGrowing(List<Integer> numbers) {
        for (int i = 1; i < numbers.size(); i++) {
            if (numbers.get(i) < numbers.get(i - 1)) {
                return false;
            }
        }
        return true;
    }
}
