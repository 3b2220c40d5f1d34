package dev.etcdpg.etcd.sink;

import dev.etcdpg.common.record.PgRecord;
import io.etcd.jetcd.ByteSequence;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One topic partition: takes its records in order, and owns its progress key. Every transaction compares that key's mod_revision as last
 * written, so that whoever wrote it last is the only one whose transactions commit, and a transaction that was given up can never commit
 * after one that came later.
 */
final class PartitionSink {

    /** What all partitions of a task share. */
    record Shared(
            String me,
            EtcdStore store,
            Bookkeeping bookkeeping,
            BatchWriter writer,
            BatchCut cut,
            LossGuard losses,
            DeadLetters letters,
            Clock clock) {}

    private static final Logger LOG = LoggerFactory.getLogger(PartitionSink.class);

    /** Until the consumer has noticed that the partition is another task's now. */
    private static final Duration TAKEN_PAUSE = Duration.ofSeconds(5);

    /** A progress key that only heartbeats have passed is written now and then, so that a restart has less to read again. */
    private static final Duration WRITTEN_AT_LEAST = Duration.ofMinutes(10);

    private final ByteSequence key;
    private final Shared shared;

    /** Null while the progress key is not claimed. */
    private Owned owned;
    /** Whether a transaction may have changed the progress key without our knowing. */
    private boolean uncertain;
    /** Beyond {@code owned.written()} by what is not worth a transaction: heartbeats, numbers seen before. Null with {@code owned}. */
    private Progress passed;
    /** Where the consumer must go before records are taken, -1 for nowhere. */
    private long seek = -1;
    /** The consumer was sent to {@code seek}; what comes next is what there is. */
    private boolean sought;
    /** Sends below this offset had been passed once, for the consumer group was here at the start. */
    private long groupPosition;
    /** Bad records up to this offset are in the dead letter topic. */
    private long reported = -1;

    private Instant seen = Instant.MIN;
    private Instant lastWritten = Instant.MIN;

    PartitionSink(ByteSequence key, Shared shared) {
        this.key = key;
        this.shared = shared;
    }

    ByteSequence key() {
        return key;
    }

    /** Offset of the first record that is not dealt with; empty while unknown. No I/O. */
    OptionalLong position() {
        return passed == null ? OptionalLong.empty() : OptionalLong.of(passed.next());
    }

    /** When the progress key was last known to be as remembered; never while it is not claimed. */
    Optional<Instant> lastSeen() {
        return owned == null ? Optional.empty() : Optional.of(seen);
    }

    /**
     * Makes sure that the progress key is this task's.
     *
     * @param first offset of the first record that is there to be taken
     * @param again whether the records were refused before and are delivered again
     * @return where the consumer must go instead, if it is not where the progress says
     */
    OptionalLong begin(long first, boolean again) {
        if (owned != null && !again && !sought && seek < 0 && first < passed.next()) {
            LOG.warn("{}: the topic goes on at offset {}, before {}. Was it created anew?", this, first, passed.next());
            owned = null;
        }
        if (owned == null) {
            claim(first);
        } else if (uncertain) {
            claimAgain();
        }
        if (seek >= 0 && !sought) {
            return OptionalLong.of(seek);
        } else if (sought) {
            passed = passed.withNext(first);
            seek = -1;
            sought = false;
        }
        return OptionalLong.empty();
    }

    /** The consumer was told to go where {@link #begin} said. */
    void sought() {
        sought = seek >= 0;
    }

    void take(List<Item> records) {
        List<Item> items = new ArrayList<>(records);
        BatchCut cut = shared.cut();
        int from = 0;
        while (from < items.size() && items.get(from).offset() < passed.next()) {
            from++;
        }
        while (from < items.size()) {
            Batch batch = cut.cut(items, from, passed, groupPosition);
            report(batch.bad());
            try {
                commit(batch);
            } catch (EtcdFailure e) {
                if (!isTooMuch(e)) {
                    throw e;
                }
                cut = smaller(cut, items, batch, e);
                continue;
            }
            from = batch.end();
            if (stopped(batch.stop(), items, from)) {
                from++;
            }
        }
    }

    /** Looks at what a reading found at the progress key. */
    void check(Found found) {
        Ownership ownership = uncertain ? null : judge(found);
        if (ownership == Ownership.TAKEN) {
            LOG.warn("{} was taken over by another task", this);
            owned = null;
            passed = null;
        } else if (ownership != Ownership.SAME) {
            claimAgain();
        } else {
            seen();
            boolean heal = passed.lost() && shared.losses().mayHeal();
            boolean stale = passed.next() > owned.written().next()
                    && lastWritten
                            .plus(WRITTEN_AT_LEAST)
                            .isBefore(shared.clock().instant());
            if (heal) {
                raise(passed.lost(false), "records before those at hand never came");
            } else if (stale) {
                write(passed, Bookkeeping.SAME_EPOCH, "");
            }
        }
    }

    // ------------------------------------------------------------------ claiming

    private void claim(long first) {
        while (true) {
            Found found = shared.store().read(List.of(key)).get(0);
            Progress there = found.isPresent() ? Progress.parse(Bytes.text(key), found.value()) : null;
            Progress mine = (there == null ? Progress.startingAt(first) : there).by(shared.me());
            Optional<Owned> written =
                    shared.bookkeeping().write(key, found.modRevision(), mine, Bookkeeping.SAME_EPOCH, "");
            if (written.isEmpty()) {
                continue; // a transaction that was under way came in between
            }
            owned(written.get());
            uncertain = false;
            sought = false;
            seek = mine.next() == first ? -1 : mine.next();
            groupPosition = first > mine.next() ? first : 0;
            reported = -1;
            LOG.info(
                    "{} claimed: {} begins at offset {}, the consumer is at {}", this, shared.me(), mine.next(), first);
            return;
        }
    }

    /** After a transaction of unknown outcome, or when the key is not as remembered. */
    private void claimAgain() {
        while (true) {
            Found found = shared.store().read(List.of(key)).get(0);
            Ownership ownership = judge(found);
            if (ownership == Ownership.TAKEN) {
                owned = null;
                passed = null;
                throw new Postponed(
                        this + " was taken over by another task. If this goes on, two connectors write topic partition "
                                + this,
                        TAKEN_PAUSE);
            }
            Long epochThen = owned.epoch();
            // Who finds out second must not begin yet another epoch.
            LongPredicate raises = ownership == Ownership.BEHIND
                    ? epoch -> epochThen == null || epoch <= epochThen
                    : Bookkeeping.SAME_EPOCH;
            Progress now = ownership == Ownership.BEHIND
                    ? passed
                    : Progress.parse(Bytes.text(key), found.value()).mergedWith(passed);
            Optional<Owned> written = shared.bookkeeping()
                    .write(key, found.modRevision(), now.by(shared.me()), raises, "etcd has forgotten what was done");
            if (written.isPresent()) {
                owned(written.get());
                uncertain = false;
                return;
            }
        }
    }

    private Ownership judge(Found found) {
        Progress now = found.isPresent() ? Progress.parse(Bytes.text(key), found.value()) : null;
        return Ownership.judge(owned.written(), owned.at(), shared.me(), now, found.modRevision());
    }

    private void owned(Owned now) {
        owned = now;
        passed = now.written();
        seen();
        lastWritten = seen;
    }

    private void seen() {
        seen = shared.clock().instant();
    }

    // ------------------------------------------------------------------ committing

    private void report(List<Item.Bad> bad) {
        List<Item.Bad> unreported =
                bad.stream().filter(letter -> letter.offset() > reported).toList();
        shared.letters().report(unreported);
        if (!unreported.isEmpty()) {
            reported = unreported.get(unreported.size() - 1).offset();
        }
    }

    private void commit(Batch batch) {
        if (!batch.isWorthWriting()) {
            passed = batch.after();
        } else if (batch.writes().isEmpty()) {
            write(batch.after(), Bookkeeping.SAME_EPOCH, "");
        } else {
            Progress after = batch.after().by(shared.me());
            known(() -> shared.writer().commit(key, batch, after, owned));
        }
    }

    private void write(Progress progress, LongPredicate raises, String why) {
        known(() -> shared.bookkeeping().write(key, owned.at(), progress.by(shared.me()), raises, why));
    }

    private void raise(Progress progress, String why) {
        write(progress, epoch -> true, why);
    }

    /** Runs a transaction, and remembers whether its outcome is known. */
    private void known(java.util.function.Supplier<Optional<Owned>> transaction) {
        Optional<Owned> written;
        try {
            written = transaction.get();
        } catch (EtcdFailure e) {
            uncertain |= !isTooMuch(e);
            throw e;
        }
        if (written.isEmpty()) {
            uncertain = true;
            throw new Postponed(this + ": the progress key is not as remembered", Duration.ofMillis(1));
        }
        owned(written.get());
    }

    private static boolean isTooMuch(EtcdFailure e) {
        return e.kind() == EtcdFailure.Kind.TOO_LARGE || e.kind() == EtcdFailure.Kind.TOO_MANY_OPERATIONS;
    }

    /** What to try instead of a batch that the server does not take. A single record too large for it is marked as such. */
    private static BatchCut smaller(BatchCut cut, List<Item> items, Batch batch, EtcdFailure cause) {
        if (batch.writes().size() > 1) {
            return new BatchCut(batch.writes().size() / 2, cut.maxBytes());
        }
        Item item = batch.writes().get(0);
        if (cause.kind() == EtcdFailure.Kind.TOO_LARGE && item instanceof Item.Plain plain) {
            items.set(items.indexOf(item), new Item.Bad(plain.record(), cause.getMessage()));
        } else if (cause.kind() == EtcdFailure.Kind.TOO_LARGE
                && item instanceof Item.Send sent
                && sent.send() instanceof PgRecord.Change
                && sent.impossible() == null) {
            items.set(items.indexOf(item), new Item.Send(sent.record(), sent.send(), cause.getMessage()));
        } else {
            throw new EtcdFailure(EtcdFailure.Kind.REJECTED, cause.getMessage(), cause);
        }
        return cut;
    }

    /**
     * Deals with what ended a batch.
     *
     * @return whether the record at {@code index} is dealt with, too
     */
    private boolean stopped(Batch.Stop stop, List<Item> items, int index) {
        if (stop == Batch.Stop.LOSS) {
            PgRecord send = ((Item.Send) items.get(index)).send();
            Progress on = passed.passed(send.origin(), send.chain().previous());
            switch (shared.losses()
                    .meet(
                            this.toString(),
                            items.get(index).offset(),
                            send.chain().previous())) {
                case NOW ->
                    raise(
                            on.lost(false),
                            "a record before offset " + items.get(index).offset() + " never came");
                case LATER -> passed = on.lost(true);
                case NEVER -> passed = on;
            }
        } else if (stop == Batch.Stop.BEHIND) {
            raise(passed, "etcd has forgotten what the consumer group had passed");
            groupPosition = 0;
        } else if (stop == Batch.Stop.NEW_EPOCH) {
            PgRecord.NewEpoch wanted = (PgRecord.NewEpoch) ((Item.Send) items.get(index)).send();
            write(
                    BatchCut.pass(items.get(index), passed),
                    epoch -> epoch == wanted.found(),
                    "PostgreSQL asks for it: " + wanted.reason());
            return true;
        }
        return false;
    }

    @Override
    public String toString() {
        return Bytes.text(key);
    }
}
