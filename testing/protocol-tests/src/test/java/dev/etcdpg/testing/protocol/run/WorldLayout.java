package dev.etcdpg.testing.protocol.run;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import java.util.List;

/** The route, keys, key ranges and bookkeeping keys of a world. */
public final class WorldLayout {

    public static final Route ROUTE = new Route("etcd", "/k/");
    public static final int PARTITIONS = 2;
    /** The keys belong to the partitions 0, 1, 0 and 1. */
    public static final List<String> KEYS = List.of("/k/a", "/k/d", "/k/b", "/k/f");

    public static final String EPOCH = "/etcd-pg-connect/epoch";
    public static final String PROGRESS = "/etcd-pg-connect/progress/";
    public static final String ANSWERS = "/etcd-pg-connect/answer/";

    private WorldLayout() {}

    public static List<KeyRange> ranges(boolean two) {
        return two ? List.of(new KeyRange("", "/k/b"), new KeyRange("/k/b", "")) : List.of(KeyRange.ALL);
    }
}
