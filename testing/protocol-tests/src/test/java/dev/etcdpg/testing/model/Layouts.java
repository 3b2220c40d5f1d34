package dev.etcdpg.testing.model;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import java.util.List;

/** Names of a world. */
final class Layouts {

    static final Route ROUTE = new Route("etcd", "/k/");
    static final int PARTITIONS = 2;
    /** Of partitions 0, 1, 0 and 1. */
    static final List<String> KEYS = List.of("/k/a", "/k/d", "/k/b", "/k/f");

    static final String EPOCH = "/etcd-pg-connect/epoch";
    static final String PROGRESS = "/etcd-pg-connect/progress/";
    static final String ANSWERS = "/etcd-pg-connect/answer/";

    private Layouts() {}

    static List<KeyRange> ranges(boolean two) {
        return two ? List.of(new KeyRange("", "/k/b"), new KeyRange("/k/b", "")) : List.of(KeyRange.ALL);
    }
}
