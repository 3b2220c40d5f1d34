package dev.etcdpg.sandbox.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/** Ten thousand keys each way. */
final class Bulk implements Chapter {
    private static final int KEYS = 10_000;
    private static final int IN_ONE_TRANSACTION = 100;

    @Override
    public String title() {
        return "Ten thousand keys in each direction, as fast as the loader can";
    }

    @Override
    public void tell(World world) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < KEYS; i += IN_ONE_TRANSACTION) {
            Map<String, String> batch = new LinkedHashMap<>();
            for (int k = i; k < i + IN_ONE_TRANSACTION; k++) {
                batch.put(World.key("bulk/etcd/" + k), "value " + k + " of ten thousand written in etcd");
            }
            world.etcd().putAll(batch);
        }
        double loaded = seconds(start);
        world.await(
                "10,000 keys written in etcd are rows",
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
                "10,000 rows written in SQL are in etcd and confirmed",
                () -> world.table().pending() == 0);
        rates(world, loaded, seconds(start));
        world.awaitEqual();
    }

    private static void rates(World world, double loaded, double arrived) {
        world.say(String.format(
                "written in %.1f s (%.0f/s), all arrived after %.1f s (%.0f/s)",
                loaded, KEYS / loaded, arrived, KEYS / arrived));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
