package dev.etcdpg.tool.verify;

import java.util.List;

/**
 * Result of the comparison of a route.
 *
 * @param revision of etcd that was read
 * @param keys number of keys in etcd at this revision
 * @param pending number of keys with local changes that etcd has not decided
 * @param held number of keys with a change that waits for an operator
 * @param deadLetters number of keys that PostgreSQL cannot hold
 * @param differences keys that are truly different, in key order
 * @param isComplete whether all keys were compared; false if so many differ that the comparison was ended
 */
public record RouteReport(
        String route,
        long revision,
        long keys,
        long pending,
        long held,
        long deadLetters,
        List<KeyDifference> differences,
        boolean isComplete) {

    public RouteReport {
        differences = List.copyOf(differences);
    }

    /** Returns whether no key is truly different. */
    public boolean isEqual() {
        return isComplete && differences.isEmpty();
    }
}
