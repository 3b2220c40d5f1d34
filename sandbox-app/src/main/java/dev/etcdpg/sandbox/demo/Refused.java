package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.stack.TopicReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What one side holds and the other cannot; and a rename. */
final class Refused implements Chapter {
    private static final String NOT_UTF8 = World.key("bytes/not-utf8");
    private static final String NUL = World.key("bytes/nul");
    /** Keys that have no row, by design. */
    static final Set<String> UNREPRESENTABLE = Set.of(NOT_UTF8, NUL);

    private static final String DEAD_LETTERS = "etcd.dlq";
    private static final int TOO_LARGE = 2 * 1024 * 1024;

    @Override
    public String title() {
        return "What the other side cannot hold, and a rename";
    }

    @Override
    public void tell(World world) throws Exception {
        intoPostgres(world);
        intoEtcd(world);
        rename(world);
        world.awaitEqual();
    }

    private static void intoPostgres(World world) throws Exception {
        String before = World.key("bytes/before");
        String after = World.key("bytes/after");
        world.etcd().put(before, "text");
        world.etcd().put(NOT_UTF8, new byte[] {'x', (byte) 0xff, (byte) 0xfe});
        world.etcd().put(NUL, "x\0y".getBytes(StandardCharsets.UTF_8));
        world.etcd().put(after, "text");
        world.say("put four keys in etcd: text, bytes that are not UTF-8, a NUL, text");
        world.await(
                "the keys around the two are rows",
                () -> BothWays.agree(world, before, "text") && BothWays.agree(world, after, "text"));
        List<String> reasons = new ArrayList<>();
        world.await("the two are in the dead letter topic " + DEAD_LETTERS + ", each with a reason", () -> {
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
        world.check(world.table().get(NOT_UTF8) == null && world.table().get(NUL) == null, "and neither has a row");
    }

    private static void intoEtcd(World world) {
        refused(
                world,
                "a value too large for etcd is refused at the INSERT",
                World.key("large"),
                "x".repeat(TOO_LARGE));
        refused(world, "a key outside the route is refused at the INSERT", "/elsewhere/key", "text");
    }

    private static void refused(World world, String sentence, String key, String value) {
        try {
            world.table().execute("insert into etcd (key, value) values (?, ?)", key, value);
        } catch (SQLException e) {
            world.check(true, sentence);
            world.say(e.getMessage().lines().findFirst().orElse(""));
            return;
        }
        throw new DoesNotHold(sentence + " (it was taken)");
    }

    private static void rename(World world) throws Exception {
        String old = World.key("old-name");
        String renamed = World.key("new-name");
        world.etcd().put(old, "kept");
        world.await("a key is on both sides", () -> BothWays.agree(world, old, "kept"));
        world.say("update etcd set key = '" + renamed + "' where key = '" + old + "'");
        world.table().execute("update etcd set key = ? where key = ?", renamed, old);
        world.await(
                "an UPDATE of the key is a rename in etcd",
                () -> BothWays.agree(world, renamed, "kept")
                        && world.etcd().get(old) == null
                        && world.table().pending() == 0);
        world.show(old, renamed);
    }
}
