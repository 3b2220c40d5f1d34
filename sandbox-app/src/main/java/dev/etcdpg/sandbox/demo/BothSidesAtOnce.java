package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.servers.LocalServer;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.TopicReader;
import java.util.ArrayList;
import java.util.List;

/** A conflict: the value of etcd wins; the connectors keep and publish the change that lost. */
final class BothSidesAtOnce implements Chapter {
    private static final String KEY = DemoWorld.key("contested");

    @Override
    public String title() {
        return "Both sides change the same key at the same time";
    }

    @Override
    public void tell(DemoWorld world) throws Exception {
        world.etcd().put(KEY, "before");
        world.await("both sides hold the key", () -> BothWays.agree(world, KEY, "before"));
        long base = world.etcd().get(KEY).modRevision();

        world.say("SIGSTOP to the worker, so that neither side sees the change of the other");
        List<? extends LocalServer> workers = world.stack().workers();
        workers.forEach(LocalServer::stop);
        long won = world.etcd().put(KEY, "etcd's");
        world.table().execute("update etcd set value = 'alice''s' where key = ?", KEY);
        world.show(KEY);
        workers.forEach(LocalServer::cont);
        world.say("SIGCONT to the worker");

        world.await(
                "both sides have etcd's value",
                () -> BothWays.agree(world, KEY, "etcd's") && world.table().pending() == 0);
        world.show(KEY);
        world.await(
                "etcd_conflict has the losing change once, with author, base revision and winning revision",
                () -> world.table()
                        .rows(
                                "select op, value, author, base_revision, won_revision from etcd_sync.etcd_conflict where key = ?",
                                KEY)
                        .equals(List.of(
                                List.of("put", "alice's", DemoTable.AUTHOR, Long.toString(base), Long.toString(won)))));
        String reason = world.table()
                .row("select reason from etcd_sync.etcd_conflict where key = ?", KEY)
                .get(0);
        world.check(!reason.isBlank(), "etcd_conflict has the reason: " + reason);
        world.await(
                "the topic " + Stack.CONFLICTS_TOPIC + " has the losing change",
                () -> published(world, base, won, reason));
    }

    private static boolean published(DemoWorld world, long base, long won, String reason) {
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
                .anyMatch(text -> text.contains("\"" + DemoTable.AUTHOR + "\"")
                        && text.contains(Long.toString(base))
                        && text.contains(Long.toString(won))
                        && text.contains(reason));
    }
}
