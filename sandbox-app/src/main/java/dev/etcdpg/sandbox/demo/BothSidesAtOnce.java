package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.servers.LocalServer;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.TopicReader;
import java.util.ArrayList;
import java.util.List;

/** A conflict: etcd's value stands, the loser is kept and published. */
final class BothSidesAtOnce implements Chapter {
    private static final String KEY = World.key("contested");

    @Override
    public String title() {
        return "The same key changed on both sides at once";
    }

    @Override
    public void tell(World world) throws Exception {
        world.etcd().put(KEY, "before");
        world.await("both sides hold the key", () -> BothWays.agree(world, KEY, "before"));
        long base = world.etcd().get(KEY).modRevision();

        world.say("the worker stands still (SIGSTOP), so that neither side hears of the other's change");
        List<? extends LocalServer> workers = world.stack().workers();
        workers.forEach(LocalServer::stop);
        long won = world.etcd().put(KEY, "etcd's");
        world.table().execute("update etcd set value = 'alice''s' where key = ?", KEY);
        world.show(KEY);
        workers.forEach(LocalServer::cont);
        world.say("the worker goes on (SIGCONT)");

        world.await(
                "etcd's value stands on both sides",
                () -> BothWays.agree(world, KEY, "etcd's") && world.table().pending() == 0);
        world.show(KEY);
        world.await(
                "the loser is in etcd_conflict, once, with author, base revision and the revision that won",
                () -> world.table()
                        .rows(
                                "select op, value, author, base_revision, won_revision from etcd_conflict where key = ?",
                                KEY)
                        .equals(List.of(
                                List.of("put", "alice's", Table.AUTHOR, Long.toString(base), Long.toString(won)))));
        String reason = world.table()
                .row("select reason from etcd_conflict where key = ?", KEY)
                .get(0);
        world.check(!reason.isBlank(), "and a reason: " + reason);
        world.await("and in the topic " + Stack.CONFLICTS_TOPIC, () -> published(world, base, won, reason));
    }

    private static boolean published(World world, long base, long won, String reason) {
        List<String> found = new ArrayList<>();
        if (world.topics().exists(Stack.CONFLICTS_TOPIC)) {
            world.topics().read(Stack.CONFLICTS_TOPIC, Long.MAX_VALUE, record -> {
                String text = TopicReader.text(record.value());
                if (KEY.equals(TopicReader.text(record.key())) && text != null) {
                    found.add(text);
                }
            });
        }
        return found.stream()
                .anyMatch(text -> text.contains("\"" + Table.AUTHOR + "\"")
                        && text.contains(Long.toString(base))
                        && text.contains(Long.toString(won))
                        && text.contains(reason));
    }
}
