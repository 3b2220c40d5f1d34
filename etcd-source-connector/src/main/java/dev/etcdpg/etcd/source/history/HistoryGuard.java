package dev.etcdpg.etcd.source.history;

import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.source.history.HistoryCheck.EventMatch;
import dev.etcdpg.etcd.source.history.HistoryCheck.Verdict;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.offset.LastEvent;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.store.EpochStore;
import java.time.Clock;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks whether etcd still has the history that was delivered, and begins a new epoch if it does not. Not thread-safe. */
public final class HistoryGuard {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryGuard.class);

    private static final String SETTING = "history.policy";

    private final Scope scope;
    private final Etcd etcd;
    private final OffsetTracker offsets;
    private final Policy policy;
    private final Clock clock;
    private final SourceMetrics metrics;

    /** The reads and writes of etcd that the guard needs. */
    public record Etcd(EpochStore epochs, LastEventLookup lastEvents) {

        public static Etcd of(EtcdGateway gateway, BookkeepingKeys keys) {
            return new Etcd(new EpochStore(gateway, keys), new LastEventLookup(gateway));
        }
    }

    /** The rule that finds another history, and the user's choice for this case. */
    public record Policy(HistoryRule rule, HistoryPolicy onAnotherHistory) {}

    public HistoryGuard(
            Scope scope, Etcd etcd, OffsetTracker offsets, Policy policy, Clock clock, SourceMetrics metrics) {
        this.scope = scope;
        this.etcd = etcd;
        this.offsets = offsets;
        this.policy = policy;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Decides how the source continues.
     *
     * @param state the state of etcd as it was just read
     */
    public Verdict judge(EtcdState state) {
        LastEvent last = offsets.lastEvent();
        EventMatch event = last == null ? EventMatch.UNKNOWN : etcd.lastEvents().find(last);
        return policy.rule()
                .decide(
                        offsets.seen(),
                        state,
                        event,
                        scope.partitions(),
                        scope.route().prefix());
    }

    /** Records that etcd still has the history that was delivered. */
    public void confirmSameHistory(EtcdState state) {
        offsets.confirmSameHistory(state, scope.partitions(), scope.route().prefix());
    }

    /**
     * Begins a new epoch, unless another task has begun one since {@code found} was read. The caller must read the state again afterwards.
     *
     * @throws ConnectException if etcd has another history and the user wants the task to fail then
     */
    public void raiseEpoch(EtcdState found, Verdict verdict) {
        if (verdict.anotherHistory() && policy.onAnotherHistory() == HistoryPolicy.FAIL) {
            throw new ConnectException(
                    "etcd has another history than the one that " + scope + " was read from, because "
                            + verdict.reason() + ", and " + SETTING + " is fail. If etcd was restored or replaced on "
                            + "purpose, set " + SETTING + " to resnapshot and restart the task: it then begins a new "
                            + "epoch and reads everything again.");
        }
        if (etcd.epochs().raise(found, offsets.epoch(), clock.millis())) {
            metrics.count(Counter.NEW_EPOCHS);
            LOG.warn("{}: a new epoch was begun, because {}", scope, verdict.reason());
        }
    }
}
