package dev.etcdpg.sandbox.torture;

import dev.etcdpg.sandbox.Stack;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** The keys of the workload: a few hot ones that everybody writes, many cold ones, and some that SQL renames. */
final class Keys {
    static final String PREFIX = Stack.PREFIX + "torture/";
    private static final int HOT = 8;
    private static final int COLD = 3_000;
    private static final int RENAMED = 4;

    private final Random random;

    Keys(Random random) {
        this.random = random;
    }

    String hot() {
        return PREFIX + "hot/" + random.nextInt(HOT);
    }

    String cold() {
        return String.format("%scold/%04d", PREFIX, random.nextInt(COLD));
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
