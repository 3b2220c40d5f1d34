package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.stack.Stack;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * The keys of the workload: a few hot keys, many cold keys, and some keys that SQL renames. All writers write some of each; one side alone
 * writes the others, so that most of its changes do not lose.
 */
public final class Keys {
    static final String PREFIX = Stack.PREFIX + "chaos/";
    private static final int HOT = 8;
    private static final int COLD = 3_000;
    private static final int RENAMED = 4;

    /** The percentage of draws that give a key of both sides. */
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

    /** Shares fewer keys, because a write in etcd to a shared key makes all waiting changes of SQL lose. */
    static Keys ofEtcd(Random random) {
        return new Keys(random, "etcd-", 20);
    }

    /** Returns a key that all writers of one side write, and possibly the other side too. */
    String hot() {
        return PREFIX + owner() + "hot/" + random.nextInt(HOT);
    }

    /** Returns a key that both sides write. */
    String hotOfBoth() {
        return PREFIX + "hot/" + random.nextInt(HOT);
    }

    String cold() {
        return String.format("%s%scold/%04d", PREFIX, owner(), random.nextInt(COLD));
    }

    private String owner() {
        return random.nextInt(100) < shared ? "" : own;
    }

    /** Returns a key that only this SQL writer renames. Etcd writers put and delete it. */
    String renamed(int writer) {
        return PREFIX + "renamed/" + writer + "/" + random.nextInt(RENAMED);
    }

    /** Returns different hot and cold keys in descending order. Writers lock rows in this order, opposite to the sink. */
    List<String> several(int atMost, int hotInTen) {
        TreeSet<String> keys = new TreeSet<>(Comparator.reverseOrder());
        for (int i = 1 + random.nextInt(atMost); i > 0; i--) {
            keys.add(random.nextInt(10) < hotInTen ? hot() : cold());
        }
        return new ArrayList<>(keys);
    }
}
