package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Applied;
import dev.etcdpg.testing.chaos.history.Change;
import dev.etcdpg.testing.chaos.history.EtcdHistory;
import dev.etcdpg.testing.chaos.history.Lost;
import dev.etcdpg.testing.chaos.history.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * All that is known when a workload pauses and everything has settled.
 *
 * @param recorded what happened in etcd
 * @param ledger what was committed in PostgreSQL, by id
 * @param history etcd_history in the order in which it was applied
 * @param conflicts etcd_conflict in the order of its changes
 * @param published the conflicts topic in its order
 * @param delivered the etcd topic
 * @param partition of a key in the etcd topic
 * @param epoch the only one that there should be
 * @param conflateAfter setting of the notify source
 */
public record Evidence(
        EtcdHistory recorded,
        List<Change> ledger,
        List<Applied> history,
        List<Lost> conflicts,
        List<Lost> published,
        Delivered delivered,
        ToIntFunction<String> partition,
        long epoch,
        int conflateAfter) {

    /** What is wrong, in sentences; empty when all is as it should be. */
    public List<String> judge() {
        ConflictsByKey outcomes = new ConflictsByKey(ledger, conflicts);
        List<String> failures = new ArrayList<>(delivered.failures());
        failures.addAll(AuthorChecker.judge(recorded));
        failures.addAll(new HistoryChecker(recorded, delivered, outcomes, partition, epoch).judge(history));
        failures.addAll(new OutcomeChecker(recorded, outcomes, history, conflateAfter).judge());
        failures.addAll(PublishedChecker.judge(conflicts, published));
        for (Lost conflict : conflicts) {
            if (conflict.wonEpoch() != epoch) {
                failures.add("lost in epoch " + conflict.wonEpoch() + " instead of " + epoch + ": "
                        + Values.shown(conflict.value()) + " of " + conflict.key());
            }
        }
        return failures;
    }
}
