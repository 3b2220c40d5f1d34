package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.stack.Entry;
import java.util.List;

/** Each operation on one side appears on the other side and in the history. */
final class BothWays implements Chapter {
    private static final String FROM_ETCD = DemoWorld.key("from-etcd");
    private static final String FROM_SQL = DemoWorld.key("from-sql");

    @Override
    public String title() {
        return "A change on one side appears on the other";
    }

    @Override
    public void tell(DemoWorld world) throws Exception {
        fromEtcd(world);
        fromSql(world);
        history(world);
    }

    private static void fromEtcd(DemoWorld world) throws Exception {
        world.say("etcdctl put " + FROM_ETCD + " one");
        world.etcd().put(FROM_ETCD, "one");
        world.await("the table has the new row", () -> agree(world, FROM_ETCD, "one"));
        world.show(FROM_ETCD);
        world.say("etcdctl put " + FROM_ETCD + " two");
        world.etcd().put(FROM_ETCD, "two");
        world.await("the row has the new value", () -> agree(world, FROM_ETCD, "two"));
        world.show(FROM_ETCD);
        world.say("etcdctl del " + FROM_ETCD);
        world.etcd().delete(FROM_ETCD);
        world.await("the row is gone", () -> world.table().get(FROM_ETCD) == null);
        world.show(FROM_ETCD);
    }

    private static void fromSql(DemoWorld world) throws Exception {
        world.say("insert into etcd (key, value) values ('" + FROM_SQL + "', 'one')");
        world.table().execute("insert into etcd (key, value) values (?, 'one')", FROM_SQL);
        world.await("etcd has the inserted key, and the row has etcd's revisions", () -> agree(world, FROM_SQL, "one"));
        world.show(FROM_SQL);
        world.say("update etcd set value = 'two' where key = '" + FROM_SQL + "'");
        world.table().execute("update etcd set value = 'two' where key = ?", FROM_SQL);
        world.await(
                "etcd has the updated value, and the row has etcd's revisions", () -> agree(world, FROM_SQL, "two"));
        world.show(FROM_SQL);
        world.say("delete from etcd where key = '" + FROM_SQL + "'");
        world.table().execute("delete from etcd where key = ?", FROM_SQL);
        world.await(
                "the key is gone from etcd",
                () -> world.etcd().get(FROM_SQL) == null && world.table().pending() == 0);
        world.show(FROM_SQL);
    }

    private static void history(DemoWorld world) throws Exception {
        String operations =
                "select string_agg(op, ' ' order by epoch, revision) from etcd_sync.etcd_history where key = ?";
        world.check(
                List.of("put put delete").equals(world.table().row(operations, FROM_ETCD)),
                "the history has the three revisions of etcd's client");
        world.check(
                List.of("put put delete")
                        .equals(world.table().row(operations + " and author = '" + DemoTable.AUTHOR + "'", FROM_SQL)),
                "the history has the three revisions of " + DemoTable.AUTHOR + ", made in SQL");
        for (String key : List.of(FROM_ETCD, FROM_SQL)) {
            for (List<String> row : world.table()
                    .rows(
                            "select revision, op, coalesce(author, 'someone in etcd') from etcd_sync.etcd_history where key = ?"
                                    + " order by epoch, revision",
                            key)) {
                world.say("revision " + row.get(0) + ": " + row.get(1) + " of " + key + " by " + row.get(2));
            }
        }
    }

    /** Whether both sides have this value and equal revisions. */
    static boolean agree(DemoWorld world, String key, String value) throws Exception {
        Entry there = world.etcd().get(key);
        return there != null
                && there.value().equals(value)
                && there.equals(world.table().get(key));
    }
}
