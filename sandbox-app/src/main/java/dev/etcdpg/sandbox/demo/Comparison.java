package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The differences between the prefix and the table. Contains keys and no values. */
record Comparison(int keys, List<String> unequal, long pending) {

    static Comparison now(DemoWorld world) throws IOException, SQLException {
        Map<String, Entry> there = world.etcd().all(Stack.PREFIX);
        Map<String, Entry> here = world.table().all();
        Set<String> keys = new TreeSet<>(there.keySet());
        keys.addAll(here.keySet());
        keys.removeAll(Refused.UNREPRESENTABLE);
        List<String> unequal = new ArrayList<>();
        for (String key : keys) {
            if (there.get(key) == null || !there.get(key).equals(here.get(key))) {
                unequal.add(key);
            }
        }
        return new Comparison(keys.size(), unequal, world.table().pending());
    }

    boolean isEqual() {
        return unequal.isEmpty() && pending == 0;
    }

    @Override
    public String toString() {
        return unequal.size() + " of " + keys + " keys differ"
                + (unequal.isEmpty() ? "" : ", like " + unequal.subList(0, Math.min(5, unequal.size()))) + "; "
                + pending + " changes are pending";
    }
}
