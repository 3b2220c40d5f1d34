package dev.etcdpg.etcd.source.history;

import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.EtcdSourceConfig;
import dev.etcdpg.etcd.source.ReaderSettings;
import dev.etcdpg.etcd.source.history.HistoryCheck.Verdict;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.offset.OffsetBook;
import dev.etcdpg.etcd.source.offset.SourceOffset;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.store.EpochStore;
import java.time.Clock;
import java.util.List;
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
    private final EtcdGateway etcd;
    private final EpochStore epochs;
    private final OffsetBook offsets;
    private final Clock clock;
    private final SourceMetrics metrics;

    public HistoryGuard(
            Scope scope,
            ReaderSettings settings,
            EtcdGateway etcd,
            EpochStore epochs,
            OffsetBook offsets,
            Clock clock,
            SourceMetrics metrics) {
        this.scope = scope;
        this.settings = settings;
        this.etcd = etcd;
        this.epochs = epochs;
        this.offsets = offsets;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** @param state as just read */
    public Verdict judge(EtcdState state) {
        HistoryCheck.LastEvent event = offsets.event() == null ? HistoryCheck.LastEvent.UNKNOWN : find(offsets.event());
        return HistoryCheck.decide(
                offsets.seen(), state, event, scope.partitions(), scope.route().prefix());
    }

    /** What etcd has of an event that was delivered. */
    private HistoryCheck.LastEvent find(SourceOffset.LastEvent event) {
        KeySpan span = KeySpan.single(event.key());
        try {
            List<KeyChange> found = page(span, event.revision());
            boolean same = event.hash().isEmpty()
                    ? found.isEmpty() && wasThereBefore(span, event.revision())
                    : found.stream()
                            .anyMatch(row -> row.modRevision() == event.revision()
                                    && OffsetBook.hash(row.value()).equals(event.hash()));
            return same ? HistoryCheck.LastEvent.AS_REMEMBERED : HistoryCheck.LastEvent.OTHERWISE;
        } catch (EtcdFailure e) {
            return switch (e.kind()) {
                case COMPACTED -> HistoryCheck.LastEvent.UNKNOWN;
                case FUTURE -> HistoryCheck.LastEvent.OTHERWISE;
                default -> throw e;
            };
        }
    }

    /** Whether what was deleted at a revision lived before; true if that is compacted. */
    private boolean wasThereBefore(KeySpan span, long revision) {
        try {
            return !page(span, revision - 1).isEmpty();
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                return true;
            }
            throw e;
        }
    }

    private List<KeyChange> page(KeySpan span, long revision) {
        return etcd.range("reading the event delivered last", span, revision, 1).keys();
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
        if (epochs.raise(found, offsets.epoch(), clock.millis())) {
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
