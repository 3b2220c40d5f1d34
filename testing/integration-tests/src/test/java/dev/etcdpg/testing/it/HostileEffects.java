package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The state that a record without effect must not change: etcd's keys with their revisions, the revisions in PostgreSQL's history (a new epoch
 * brings the same ones), and the number of conflicts. The table needs no check, because it equals etcd afterwards.
 *
 * @param history for each revision: the key, the number, the operation, and a hash of the value
 */
record HostileEffects(Map<String, RawEtcd.Held> etcd, Set<String> history, long conflicts) {
    private static final String HISTORY =
            "select key || ' @' || revision || ' ' || op || ' ' || md5(coalesce(value, ''))"
                    + " from etcd_sync.etcd_history";

    static HostileEffects of(HostileSystem system) {
        return new HostileEffects(
                system.etcd.all(system.prefix),
                new TreeSet<>(system.table.query(HISTORY)),
                system.table.number("select count(*) from etcd_sync.etcd_conflict"));
    }

    /** Compares the present state. Messages have no values. */
    void assertSame(HostileEffects now) {
        assertThat(difference(now.etcd.entrySet(), etcd.entrySet()))
                .as("written to etcd")
                .isEmpty();
        assertThat(difference(etcd.keySet(), now.etcd.keySet()))
                .as("deleted in etcd")
                .isEmpty();
        assertThat(difference(now.history, history)).as("applied").isEmpty();
        assertThat(difference(history, now.history))
                .as("not in the history any more")
                .isEmpty();
        assertThat(now.conflicts).as("conflicts").isEqualTo(conflicts);
    }

    private static Set<String> difference(Set<?> of, Set<?> without) {
        Set<String> left = new TreeSet<>();
        of.stream()
                .filter(one -> !without.contains(one))
                .map(one -> one instanceof Map.Entry<?, ?> entry ? String.valueOf(entry.getKey()) : String.valueOf(one))
                .forEach(left::add);
        return left;
    }
}
