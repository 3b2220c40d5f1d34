package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.sink.DeadLetters;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.kv.KeyState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the records of one topic partition in order. Not thread-safe. */
final class PartitionSink {

    /** What all partitions of a task share. */
    record Shared(BatchWriter writer, BatchCut cut, LossGuard losses, DeadLetters letters, Clock clock) {}

    private static final Logger LOG = LoggerFactory.getLogger(PartitionSink.class);

    /** A progress key that only heartbeats have passed is written now and then, so that a restart has less to read again. */
    private static final Duration WRITTEN_AT_LEAST = Duration.ofMinutes(10);

    private static final long NOWHERE = -1;

    private final ProgressKey key;
    private final Shared shared;

    /** Beyond the progress key by what is not worth a transaction: heartbeats, numbers seen before. Null while it is not claimed. */
    private SinkProgress passed;
    /** Where the consumer must go before records are taken. */
    private long seek = NOWHERE;
    /** The consumer was sent to {@code seek}; what comes next is what there is. */
    private boolean sought;
    /** Sends below this offset had been passed once, for the consumer group was here at the start. */
    private long groupPosition;
    /** Offsets, not passed yet, of bad records that are in the dead letter topic. */
    private final Set<Long> reported = new HashSet<>();
    /** When the loss that {@code passed} speaks of was last met. */
    private Instant lossNoticed = Instant.MIN;

    PartitionSink(ProgressKey key, Shared shared) {
        this.key = key;
        this.shared = shared;
    }

    ProgressKey key() {
        return key;
    }

    /** Offset of the first record that is not dealt with; empty while unknown. No I/O. */
    OptionalLong position() {
        return key.isClaimed() ? OptionalLong.of(passed.next()) : OptionalLong.empty();
    }

    /** When the progress key was last known to be as remembered; empty while it is not claimed. */
    Optional<Instant> lastSeen() {
        return key.lastSeen();
    }

    /**
     * Makes sure that the progress key is this task's.
     *
     * @param first offset of the first record that is there to be taken
     * @param again whether the records were refused before and are delivered again
     * @return where the consumer must go instead, if it is not where the progress says
     */
    OptionalLong begin(long first, boolean again) {
        if (key.isClaimed() && !again && seek == NOWHERE && first < passed.next()) {
            LOG.warn("{}: the topic goes on at offset {}, before {}. Was it created anew?", key, first, passed.next());
            key.abandon();
        }
        if (!key.isClaimed()) {
            claim(first);
        } else {
            passed = key.confirm(passed);
        }
        if (sought) {
            passed = passed.withNext(first);
            seek = NOWHERE;
            sought = false;
        }
        return seek == NOWHERE ? OptionalLong.empty() : OptionalLong.of(seek);
    }

    /**
     * Where the consumer stands and what the progress says may differ: a crash before the group's offset was committed, heartbeats that moved
     * only the group, an etcd that was restored, a topic created anew. So the consumer is sent to where the progress says, once; what comes
     * then is taken as it is, for transaction markers leave holes in offsets, and what is missing the chain tells.
     */
    private void claim(long first) {
        passed = key.claim(first);
        seek = passed.next() == first ? NOWHERE : passed.next();
        sought = false;
        groupPosition = first > passed.next() ? first : 0;
        reported.clear();
        lossNoticed = shared.clock().instant();
        LOG.info("{} claimed at offset {}; the consumer is at {}", key, passed.next(), first);
    }

    /** The consumer was told to go where {@link #begin} said. */
    void sought() {
        sought = true;
    }

    void take(List<Item> records) {
        List<Item> items = new ArrayList<>(records);
        BatchCut cut = shared.cut();
        int from = 0;
        while (from < items.size() && items.get(from).offset() < passed.next()) {
            from++;
        }
        healIfOwed();
        while (from < items.size()) {
            Batch batch = cut.cut(items, from, passed, groupPosition);
            report(batch);
            try {
                passed = commit(batch);
            } catch (EtcdFailure e) {
                cut = smaller(cut, items, batch, e);
                continue;
            }
            reported.removeIf(offset -> offset < passed.next());
            from = batch.end();
            if (stopped(batch.stop(), items, from)) {
                from++;
            }
        }
    }

    /** Looks at what a reading found at the progress key. */
    void check(KeyState found) {
        if (!key.isAsRemembered(found)) {
            if (key.isClaimed()) {
                passed = key.confirm(passed);
            }
            return;
        }
        healIfOwed();
        if (passed.next() > key.content().next()
                && key.lastWritten()
                        .plus(WRITTEN_AT_LEAST)
                        .isBefore(shared.clock().instant())) {
            passed = key.write(passed, Bookkeeping.SAME_EPOCH, "");
        }
    }

    private void report(Batch batch) {
        List<Item.Bad> letters = new ArrayList<>(batch.bad());
        if (shared.letters().isPossible()) {
            letters.addAll(batch.answered());
        }
        letters.removeIf(letter -> reported.contains(letter.offset()));
        shared.letters().report(letters.stream().map(Item.Bad::letter).toList());
        letters.forEach(letter -> reported.add(letter.offset()));
    }

    private SinkProgress commit(Batch batch) {
        if (!batch.isWorthWriting()) {
            return batch.after();
        }
        return batch.writes().isEmpty()
                ? key.write(batch.after(), Bookkeeping.SAME_EPOCH, "")
                : key.commit(shared.writer(), batch);
    }

    /**
     * What to try instead of a batch that the server does not take. A single record too large for it is marked as such.
     *
     * @throws EtcdFailure if it is something else
     */
    private static BatchCut smaller(BatchCut cut, List<Item> items, Batch batch, EtcdFailure cause) {
        if (!cause.isRequestTooLarge()) {
            throw cause;
        } else if (batch.writes().size() > 1) {
            return new BatchCut(batch.writes().size() / 2, cut.maxBytes());
        }
        if (cause.kind() != EtcdFailure.Kind.REQUEST_TOO_LARGE) {
            throw cause.permanent();
        }
        Item item = batch.writes().get(0);
        items.set(items.indexOf(item), Item.tooLarge(item, cause.getMessage()));
        return cut;
    }

    /**
     * Deals with what ended a batch.
     *
     * @return whether the record at {@code index} is dealt with, too
     */
    private boolean stopped(Batch.Stop stop, List<Item> items, int index) {
        if (stop == Batch.Stop.LOSS) {
            meetLoss((Item.Send) items.get(index));
        } else if (stop == Batch.Stop.BEHIND) {
            raise("etcd has forgotten what the consumer group had passed");
            groupPosition = 0;
        } else if (stop == Batch.Stop.NEW_EPOCH) {
            PgRecord.NewEpoch wanted = (PgRecord.NewEpoch) ((Item.Send) items.get(index)).send();
            SinkProgress after = BatchCut.pass(items.get(index), passed);
            passed = key.write(after, epoch -> epoch == wanted.found(), "PostgreSQL asks for it: " + wanted.reason());
            return true;
        }
        return false;
    }

    private void meetLoss(Item.Send item) {
        long missing = item.send().chain().previous();
        boolean heals = shared.losses().heals(key + " offset " + item.offset(), missing);
        passed = passed.passed(item.send().origin(), missing).lost(heals || passed.lost());
        lossNoticed = shared.clock().instant();
        healIfOwed();
    }

    private void healIfOwed() {
        if (!passed.lost()) {
            return;
        } else if (shared.losses().isHealedSince(lossNoticed)) {
            passed = passed.lost(false);
        } else if (shared.losses().mayHeal()) {
            raise("records never came");
            shared.losses().healed();
        }
    }

    /** A new epoch, whatever for, settles a loss. */
    private void raise(String why) {
        passed = key.write(passed.lost(false), epoch -> true, why);
    }
}
