package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.event.LogEvent;
import dev.etcdpg.etcd.bookkeeping.BookkeepingNotice;
import dev.etcdpg.etcd.bookkeeping.BookkeepingReader;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.source.emit.PollBatch;
import dev.etcdpg.etcd.source.emit.RecordEmitter;
import dev.etcdpg.etcd.source.metrics.SnapshotReason;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.source.snapshot.SnapshotCoordinator;
import dev.etcdpg.etcd.source.watch.DeliveredRevision;
import dev.etcdpg.etcd.source.watch.WatchSession;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Emits revisions, in order, as far as the session has completed them. A revision that is too large for the memory is emitted part by part; the
 * offset moves with the last part. Not thread-safe.
 */
final class RevisionDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(RevisionDelivery.class);

    private final String scope;
    private final String route;
    private final BookkeepingReader bookkeeping;
    private final OffsetTracker offsets;
    private final RecordEmitter emitter;
    private final SnapshotCoordinator snapshots;
    private final ReaderRules.AnswerRule answers;

    /** @param scope the route and key range, for the log */
    RevisionDelivery(
            Scope scope,
            BookkeepingReader bookkeeping,
            OffsetTracker offsets,
            RecordEmitter emitter,
            SnapshotCoordinator snapshots,
            ReaderRules.AnswerRule answers) {
        this.scope = scope.toString();
        this.route = scope.route().name();
        this.bookkeeping = bookkeeping;
        this.offsets = offsets;
        this.emitter = emitter;
        this.snapshots = snapshots;
        this.answers = answers;
    }

    /**
     * Emits revisions until the batch is full.
     *
     * @return false if etcd has another history; then the session must end
     */
    boolean deliver(WatchSession session, PollBatch batch) {
        while (!batch.isFull()) {
            Optional<DeliveredRevision> next = session.next(snapshots.deliveryLimit());
            offsets.deliveredThrough(session.through());
            if (next.isEmpty()) {
                return true;
            }
            boolean sameHistory = emit(next.get());
            if (next.get().last()) {
                emitter.seal(batch);
            } else {
                emitter.sealPart(batch);
            }
            if (!sameHistory) {
                return false;
            }
        }
        return true;
    }

    private boolean emit(DeliveredRevision revision) {
        revision.data().forEach(emitter::event);
        boolean sameHistory = true;
        for (KeyChange change : revision.bookkeeping()) {
            Optional<BookkeepingNotice> notice = bookkeeping.read(change);
            sameHistory &= notice.isEmpty() || handle(notice.get());
        }
        return sameHistory;
    }

    /** @return false if etcd has another history */
    private boolean handle(BookkeepingNotice notice) {
        if (notice instanceof BookkeepingNotice.Epoch epoch) {
            return followEpoch(epoch);
        } else if (notice instanceof BookkeepingNotice.Answer answer) {
            // a snapshot emits all current answers at its end
            if (!answers.isHeldBack(snapshots.covers(answer.key()))) {
                emitter.answer(answer);
            }
        } else if (notice instanceof BookkeepingNotice.Request request) {
            snapshots.take(request);
        } else if (notice instanceof BookkeepingNotice.Malformed malformed) {
            LOG.warn(
                    "Key {} at revision {} cannot be read and is skipped: {}",
                    malformed.key(),
                    malformed.revision(),
                    malformed.reason());
        }
        return true;
    }

    private boolean followEpoch(BookkeepingNotice.Epoch epoch) {
        if (epoch.epoch() > offsets.epoch()) {
            LOG.info("{}: epoch {} began at revision {}", scope, epoch.epoch(), epoch.revision());
            LogEvent.of("new-epoch")
                    .route(route)
                    .revision(new Revision(epoch.epoch(), epoch.revision()))
                    .revision("before", new Revision(offsets.epoch(), offsets.delivered()))
                    .cause("the epoch key has changed")
                    .info();
            offsets.epochBegan(epoch.epoch(), epoch.revision());
            snapshots.wantAll(SnapshotReason.EPOCH, "another epoch has begun");
        }
        return epoch.epoch() >= offsets.epoch();
    }
}
