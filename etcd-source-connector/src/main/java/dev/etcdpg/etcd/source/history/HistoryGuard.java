package dev.etcdpg.etcd.source.history;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.event.LogEvent;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.source.history.HistoryCheck.EventMatch;
import dev.etcdpg.etcd.source.history.HistoryCheck.Verdict;
import dev.etcdpg.etcd.source.metrics.RangeMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.offset.LastEvent;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.store.EpochStore;
import java.time.Clock;
import java.util.Optional;
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
    private final RangeMetrics metrics;

    /** The reads and writes of etcd that the guard needs. */
    public record Etcd(EpochStore epochs, LastEventLookup lastEvents, CompactionLookup compaction) {

        public static Etcd of(EtcdGateway gateway, BookkeepingKeys keys) {
            return new Etcd(
                    new EpochStore(gateway, keys), new LastEventLookup(gateway), new CompactionLookup(gateway, keys));
        }
    }

    /** The rules of the protocol, and the user's choice for another history. */
    public record Policy(HistoryRule rule, WatchStartRule watchStarts, HistoryPolicy onAnotherHistory) {}

    public HistoryGuard(
            Scope scope, Etcd etcd, OffsetTracker offsets, Policy policy, Clock clock, RangeMetrics metrics) {
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
        return policy.rule().decide(offsets.seen(), state, lastEvent(), scope.partitions());
    }

    /**
     * Returns why a watch after this revision might miss events, see {@link WatchStartRule}.
     *
     * @return empty if the watch misses no event
     */
    public Optional<String> gapAfter(long delivered) {
        if (policy.watchStarts().isTrusted(etcd.compaction().hasCompacted(delivered))) {
            return Optional.empty();
        }
        metrics.count(Counter.COMPACTIONS);
        return Optional.of("etcd has compacted revision " + (delivered + 1) + " or a later one");
    }

    /**
     * Makes sure that etcd is the cluster that was read before. A setting may lead to the wrong cluster. A snapshot of this cluster would
     * delete the keys that the cluster does not have.
     *
     * @throws ConnectException if etcd is another cluster, and the user has not allowed this
     */
    public void checkCluster(EtcdState state) {
        String seen = offsets.seen().history().cluster();
        if (policy.onAnotherHistory() == HistoryPolicy.RESNAPSHOT || seen.isEmpty() || seen.equals(state.cluster())) {
            return;
        }
        throw new ConnectException(
                "etcd.endpoints leads to the etcd cluster with the id " + state.cluster() + ", but " + scope
                        + " was read from the cluster with the id " + seen
                        + ". Nothing was read from the other cluster, because a snapshot of it would delete every row that it does not "
                        + "have. Correct etcd.endpoints. If etcd was replaced on purpose, set " + SETTING
                        + "=resnapshot at the etcd source and at the PostgreSQL sink, and restart the tasks.");
    }

    /**
     * Makes sure that etcd has not lost its keys. An etcd member whose data directory was lost begins empty, often under the same cluster id. A
     * snapshot would delete the rows of all lost keys.
     *
     * @throws ConnectException if etcd has lost its keys, and the user has not allowed this
     */
    public void checkKeys(EtcdState state) {
        if (policy.onAnotherHistory() == HistoryPolicy.RESNAPSHOT
                || !HistoryCheck.hasLostKeys(offsets.seen(), state, lastEvent())) {
            return;
        }
        throw new ConnectException("etcd has lost its keys. It is the cluster with the id " + state.cluster()
                + " as before, but it is at revision "
                + state.revision() + ", " + scope + " was read through revision "
                + offsets.seen().revision()
                + ", and the key of epoch " + offsets.epoch()
                + " is gone. The data directory of etcd was lost, or a backup from before the connectors was restored. Nothing was read "
                + "from etcd since, because a snapshot would delete every row that etcd does not have any more. Restore etcd from a "
                + "later backup. If etcd is as you want it, set " + SETTING
                + "=resnapshot at the etcd source and restart the task.");
    }

    private EventMatch lastEvent() {
        LastEvent last = offsets.lastEvent();
        return last == null ? EventMatch.UNKNOWN : etcd.lastEvents().find(last, offsets.delivered());
    }

    /** Records that etcd still has the history that was delivered. */
    public void confirmSameHistory(EtcdState state) {
        offsets.confirmSameHistory(state, scope.partitions(), scope.route().prefix());
    }

    /**
     * Makes sure that the source may skip events and read a snapshot instead. After some restores ({@code etcdutl snapshot restore
     * --mark-compacted}) etcd looks as if it had only compacted its revisions.
     *
     * @param reason why the source skips events
     * @throws ConnectException if nothing proves that etcd has the same history, and the user wants the task to fail then
     */
    public void mayJump(String reason) {
        if (policy.onAnotherHistory() == HistoryPolicy.FAIL
                && offsets.epoch() != 0
                && lastEvent() != EventMatch.MATCHES) {
            throw new ConnectException(
                    "Events of " + scope + " after revision " + offsets.seen().revision()
                            + " can only be read by a snapshot, because " + reason
                            + ", and etcd cannot show that it still has the history that was read before: it was restored, or it "
                            + "has only compacted its revisions. " + SETTING
                            + " is fail. If etcd is as you want it, set " + SETTING
                            + " to resnapshot and restart the task.");
        }
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
            metrics.epochBegan(verdict.anotherHistory());
            LOG.warn("{}: a new epoch was begun, because {}", scope, verdict.reason());
            LogEvent.of("new-epoch")
                    .route(scope.route().name())
                    .revision("before", new Revision(offsets.epoch(), offsets.delivered()))
                    .with("revision", found.revision())
                    .cause(verdict.reason())
                    .warn();
        }
    }
}
