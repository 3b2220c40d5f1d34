package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.stack.Stack;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * The keys of the workload: a few hot ones, many cold ones, and some that SQL renames. Some of each everybody writes; others are written by
 * one side only, so that most of its changes do not lose.
 */
public final class Keys {
    static final String PREFIX = Stack.PREFIX + "chaos/";
    private static final int HOT = 8;
    private static final int COLD = 3_000;
    private static final int RENAMED = 4;

    /** Of a hundred keys so many are shared by both sides. */
    private final int shared;

    private final Random random;
    private final String own;

    private Keys(Random random, String own, int shared) {
        this.random = random;
        this.own = own;
        this.shared = shared;
    }

    static Keys ofSql(Random random) {
        return new Keys(random, "sql-", 40);
    }

    /** What etcd's writers do to shared keys makes changes of SQL lose: all that wait for their turn. */
    static Keys ofEtcd(Random random) {
        return new Keys(random, "etcd-", 20);
    }

    /** One that all SQL or all etcd writers write, and perhaps the others too. */
    String hot() {
        return PREFIX + owner() + "hot/" + random.nextInt(HOT);
    }

    /** One that both sides write. */
    String hotOfBoth() {
        return PREFIX + "hot/" + random.nextInt(HOT);
    }

    String cold() {
        return String.format("%s%scold/%04d", PREFIX, owner(), random.nextInt(COLD));
    }

    private String owner() {
        return random.nextInt(100) < shared ? "" : own;
    }

    /** One of those that only this writer of SQL renames; writers of etcd put and delete them. */
    String renamed(int writer) {
        return PREFIX + "renamed/" + writer + "/" + random.nextInt(RENAMED);
    }

    /** Different hot and cold keys, downwards: every writer locks rows in this order, against that of the sink. */
    List<String> several(int atMost, int hotInTen) {
        TreeSet<String> keys = new TreeSet<>(Comparator.reverseOrder());
        for (int i = 1 + random.nextInt(atMost); i > 0; i--) {
            keys.add(random.nextInt(10) < hotInTen ? hot() : cold());
        }
        return new ArrayList<>(keys);
    }
}
