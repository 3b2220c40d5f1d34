package dev.etcdpg.etcd.source.history;

import dev.etcdpg.etcd.source.EtcdReader;
import dev.etcdpg.etcd.source.EtcdSourceConfig;
import dev.etcdpg.etcd.source.ReaderSettings;
import dev.etcdpg.etcd.source.decide.EtcdState;
import dev.etcdpg.etcd.source.history.HistoryCheck.Verdict;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.offset.OffsetBook;
import dev.etcdpg.etcd.source.partition.Scope;
import java.time.Clock;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether etcd still has the history that was delivered, and begins a new epoch if not. Not thread-safe. Open to subclasses that show
 * what breaks without it.
 */
public class HistoryGuard {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryGuard.class);

    private final Scope scope;
    private final ReaderSettings settings;
    private final EtcdReader etcd;
    private final OffsetBook offsets;
    private final Clock clock;
    private final SourceMetrics metrics;

    public HistoryGuard(
            Scope scope,
            ReaderSettings settings,
            EtcdReader etcd,
            OffsetBook offsets,
            Clock clock,
            SourceMetrics metrics) {
        this.scope = scope;
        this.settings = settings;
        this.etcd = etcd;
        this.offsets = offsets;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** @param state as just read */
    public Verdict judge(EtcdState state) {
        HistoryCheck.LastEvent event =
                offsets.event() == null ? HistoryCheck.LastEvent.UNKNOWN : etcd.find(offsets.event());
        return HistoryCheck.decide(
                offsets.seen(), state, event, scope.partitions(), scope.route().prefix());
    }

    /** What was judged to be the same history is remembered as it is now. */
    public void sameAs(EtcdState state) {
        offsets.sameHistory(state, scope.partitions(), scope.route().prefix());
    }

    /**
     * Begins a new epoch, unless somebody else has begun one since: look again afterwards.
     *
     * @throws ConnectException if etcd has another history and the user wants that to be looked at first
     */
    public void raiseEpoch(EtcdState found, Verdict verdict) {
        if (verdict.anotherHistory() && settings.failOnAnotherHistory()) {
            throw new ConnectException(
                    "etcd has another history than the one that " + scope + " was read from, because "
                            + verdict.reason() + ", and " + EtcdSourceConfig.HISTORY_POLICY
                            + " is fail. If that is meant (etcd "
                            + "was restored or replaced), set it to resnapshot and restart the task: it begins a new epoch and "
                            + "reads everything again.");
        }
        if (etcd.raiseEpoch(found, offsets.epoch(), clock.millis())) {
            metrics.count(Counter.NEW_EPOCHS);
            LOG.warn("{}: a new epoch was begun, because {}", scope, verdict.reason());
        }
    }

    public ConnectException gapIsNotAllowed(String gap) {
        return new ConnectException("Events of " + scope + " after revision " + offsets.delivered()
                + " can not be read any more, because " + gap + ", and " + EtcdSourceConfig.SNAPSHOT_MODE + " is "
                + settings.mode().wire() + ". Set it to when_needed and restart the task, or delete the offsets of the "
                + "connector.");
    }
}
