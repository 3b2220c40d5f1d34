package dev.etcdpg.sandbox.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/** Ten thousand keys each way. */
final class Bulk implements Chapter {
    private static final int KEYS = 10_000;
    private static final int IN_ONE_TRANSACTION = 100;

    @Override
    public String title() {
        return "Ten thousand keys in each direction, at full speed";
    }

    @Override
    public void tell(DemoWorld world) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < KEYS; i += IN_ONE_TRANSACTION) {
            Map<String, String> batch = new LinkedHashMap<>();
            for (int k = i; k < i + IN_ONE_TRANSACTION; k++) {
                batch.put(DemoWorld.key("bulk/etcd/" + k), "value " + k + " of ten thousand written in etcd");
            }
            world.etcd().putAll(batch);
        }
        double loaded = seconds(start);
        world.await(
                "the table has 10,000 keys that were written in etcd",
                () -> world.table().number("select count(*) from etcd where key like '/config/bulk/etcd/%'") == KEYS);
        rates(world, loaded, seconds(start));

        start = System.nanoTime();
        for (int i = 0; i < KEYS; i += IN_ONE_TRANSACTION) {
            world.table()
                    .execute(
                            "insert into etcd (key, value) select '/config/bulk/sql/' || k,"
                                    + " 'value ' || k || ' of ten thousand written in SQL'"
                                    + " from generate_series(?, ?) k",
                            i,
                            i + IN_ONE_TRANSACTION - 1);
        }
        loaded = seconds(start);
        world.await(
                "etcd has 10,000 rows that were written in SQL, and all are confirmed",
                () -> world.table().pending() == 0);
        rates(world, loaded, seconds(start));
        world.awaitEqual();
    }

    private static void rates(DemoWorld world, double loaded, double arrived) {
        world.say(String.format(
                "written in %.1f s (%.0f/s), complete on the other side after %.1f s (%.0f/s)",
                loaded, KEYS / loaded, arrived, KEYS / arrived));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
