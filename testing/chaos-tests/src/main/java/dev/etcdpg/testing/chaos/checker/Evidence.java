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
 * The evidence of a round, when the workload pauses and the system has settled.
 *
 * @param recorded the recorder's history of etcd
 * @param ledger the changes committed in PostgreSQL, in the order of ids
 * @param history etcd_history in the order of application
 * @param conflicts etcd_conflict in the order of its changes
 * @param published the conflicts topic in its order
 * @param delivered the etcd topic
 * @param partition of a key in the etcd topic
 * @param epoch the only epoch of the run
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

    /** Returns the failures, in sentences. */
    public List<String> check() {
        ConflictsByKey outcomes = new ConflictsByKey(ledger, conflicts);
        List<String> failures = new ArrayList<>(delivered.failures());
        failures.addAll(AuthorChecker.check(recorded));
        failures.addAll(new HistoryChecker(recorded, delivered, outcomes, partition, epoch).check(history));
        failures.addAll(new OutcomeChecker(recorded, outcomes, history, conflateAfter).check());
        failures.addAll(PublishedChecker.check(conflicts, published));
        for (Lost conflict : conflicts) {
            if (conflict.wonEpoch() != epoch) {
                failures.add("lost in epoch " + conflict.wonEpoch() + " instead of " + epoch + ": "
                        + Values.shown(conflict.value()) + " of " + conflict.key());
            }
        }
        return failures;
    }
}
