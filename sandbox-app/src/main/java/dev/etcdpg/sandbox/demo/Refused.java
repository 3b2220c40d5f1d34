package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.stack.TopicReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Values that the other side cannot hold, and a rename. */
final class Refused implements Chapter {
    private static final String NOT_UTF8 = DemoWorld.key("bytes/not-utf8");
    private static final String NUL = DemoWorld.key("bytes/nul");
    /** Keys that have no row, by design. */
    static final Set<String> UNREPRESENTABLE = Set.of(NOT_UTF8, NUL);

    private static final String DEAD_LETTERS = "etcd.dlq";
    private static final int TOO_LARGE = 2 * 1024 * 1024;

    @Override
    public String title() {
        return "Values that the other side cannot hold, and a rename";
    }

    @Override
    public void tell(DemoWorld world) throws Exception {
        intoPostgres(world);
        intoEtcd(world);
        rename(world);
        world.awaitEqual();
    }

    private static void intoPostgres(DemoWorld world) throws Exception {
        String before = DemoWorld.key("bytes/before");
        String after = DemoWorld.key("bytes/after");
        world.etcd().put(before, "text");
        world.etcd().put(NOT_UTF8, new byte[] {'x', (byte) 0xff, (byte) 0xfe});
        world.etcd().put(NUL, "x\0y".getBytes(StandardCharsets.UTF_8));
        world.etcd().put(after, "text");
        world.say("put four keys in etcd: text, bytes that are not UTF-8, a NUL, text");
        world.await(
                "the table has the two texts",
                () -> BothWays.agree(world, before, "text") && BothWays.agree(world, after, "text"));
        List<String> reasons = new ArrayList<>();
        world.await("the dead letter topic " + DEAD_LETTERS + " has the other two, each with a reason", () -> {
            reasons.clear();
            if (world.topics().exists(DEAD_LETTERS)) {
                world.topics().read(DEAD_LETTERS, Long.MAX_VALUE, record -> {
                    String reason = TopicReader.header(record, "etcdpg.reason");
                    if (reason != null) {
                        reasons.add(reason);
                    }
                });
            }
            return reasons.size() >= UNREPRESENTABLE.size();
        });
        reasons.forEach(reason -> world.say("reason: " + reason));
        world.check(world.table().get(NOT_UTF8) == null && world.table().get(NUL) == null, "neither has a row");
    }

    private static void intoEtcd(DemoWorld world) {
        refused(
                world,
                "PostgreSQL refuses the INSERT of a value too large for etcd",
                DemoWorld.key("large"),
                "x".repeat(TOO_LARGE));
        refused(world, "PostgreSQL refuses the INSERT of a key outside the route", "/elsewhere/key", "text");
    }

    private static void refused(DemoWorld world, String sentence, String key, String value) {
        try {
            world.table().execute("insert into etcd (key, value) values (?, ?)", key, value);
        } catch (SQLException e) {
            world.check(true, sentence);
            world.say(e.getMessage().lines().findFirst().orElse(""));
            return;
        }
        throw new CheckFailed(sentence + " (the INSERT succeeded)");
    }

    private static void rename(DemoWorld world) throws Exception {
        String old = DemoWorld.key("old-name");
        String renamed = DemoWorld.key("new-name");
        world.etcd().put(old, "kept");
        world.await("both sides have the key", () -> BothWays.agree(world, old, "kept"));
        world.say("update etcd set key = '" + renamed + "' where key = '" + old + "'");
        world.table().execute("update etcd set key = ? where key = ?", renamed, old);
        world.await(
                "etcd has the new name and not the old one",
                () -> BothWays.agree(world, renamed, "kept")
                        && world.etcd().get(old) == null
                        && world.table().pending() == 0);
        world.show(old, renamed);
    }
}
