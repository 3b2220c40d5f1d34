package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeyState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The progress key of one topic partition, as this task owns it. Every transaction compares the key's mod_revision as last written, so that
 * only who wrote it last can commit, and a transaction that was given up can never commit after one that came later.
 */
final class ProgressKey {

    private static final Logger LOG = LoggerFactory.getLogger(ProgressKey.class);

    /** Until the consumer has noticed that the partition is another task's now. */
    private static final Duration TAKEN_PAUSE = Duration.ofSeconds(5);

    private final EtcdBytes key;
    private final String me;
    private final EtcdGateway store;
    private final Bookkeeping bookkeeping;
    private final Clock clock;

    /** Null while it is not claimed. */
    private Owned owned;
    /** Whether a transaction may have changed the key without our knowing. */
    private boolean uncertain;

    private Instant seen = Instant.MIN;
    private Instant written = Instant.MIN;

    /** @param me name of this task in progress keys */
    ProgressKey(EtcdBytes key, String me, EtcdGateway store, Bookkeeping bookkeeping, Clock clock) {
        this.key = key;
        this.me = me;
        this.store = store;
        this.bookkeeping = bookkeeping;
        this.clock = clock;
    }

    EtcdBytes key() {
        return key;
    }

    boolean isClaimed() {
        return owned != null;
    }

    /** When the key was last known to be as remembered; empty while it is not claimed. */
    Optional<Instant> lastSeen() {
        return isClaimed() ? Optional.of(seen) : Optional.empty();
    }

    Instant lastWritten() {
        return written;
    }

    /** What is known to stand in the claimed key. */
    SinkProgress content() {
        return owned.written();
    }

    void abandon() {
        owned = null;
        uncertain = false;
    }

    /**
     * Reads the key and writes it anew, which fences whoever had it.
     *
     * @param first offset to begin at if there is no progress yet
     */
    SinkProgress claim(long first) {
        while (true) {
            KeyState found = read();
            SinkProgress there = found.isPresent() ? parse(found) : SinkProgress.startingAt(first);
            if (rewrite(found, there, Bookkeeping.SAME_EPOCH)) {
                return owned.written();
            } // else a transaction that was still under way came in between
        }
    }

    /**
     * Makes sure that the claimed key is as remembered, if that is in doubt.
     *
     * @param passed what this task has passed
     * @return the same, or further if a transaction of unknown outcome turns out to have committed
     * @throws Postponed if another task has taken it
     */
    SinkProgress confirm(SinkProgress passed) {
        while (uncertain) {
            KeyState found = read();
            Ownership ownership = judge(found);
            if (ownership == Ownership.TAKEN) {
                abandon();
                throw new Postponed(
                        this + " was written by another task. If this goes on, two connectors take the same topic",
                        TAKEN_PAUSE);
            }
            boolean forgotten = ownership == Ownership.BEHIND;
            Long then = owned.epoch();
            // Of several partitions that etcd forgot, only the first to find out begins a new epoch.
            LongPredicate raises = forgotten ? epoch -> then == null || epoch <= then : Bookkeeping.SAME_EPOCH;
            rewrite(found, forgotten ? passed : parse(found).mergedWith(passed), raises);
            passed = owned.written();
        }
        return passed;
    }

    /**
     * Compares what a reading found with what is remembered.
     *
     * @return whether it is the same; else {@link #confirm} or {@link #claim} is due
     */
    boolean isAsRemembered(KeyState found) {
        Ownership ownership = judge(found);
        if (ownership == Ownership.TAKEN) {
            LOG.warn("{} was taken over by another task", this);
            abandon();
        } else if (ownership == Ownership.SAME) {
            seen = clock.instant();
        } else {
            uncertain = true;
        }
        return ownership == Ownership.SAME && !uncertain;
    }

    /** Writes the progress, and a new epoch with it if that predicate says so of the epoch found. */
    SinkProgress write(SinkProgress progress, LongPredicate raises, String why) {
        return transact(progress, by -> bookkeeping.write(key, owned.at(), by, raises, why));
    }

    /** Writes a batch and the progress behind it. */
    SinkProgress commit(BatchWriter writer, Batch batch) {
        return transact(batch.after(), by -> writer.commit(key, batch, by, owned));
    }

    private SinkProgress transact(SinkProgress progress, Function<SinkProgress, Optional<Owned>> transaction) {
        Optional<Owned> done;
        try {
            done = transaction.apply(progress.by(me));
        } catch (EtcdFailure e) {
            uncertain |= !e.isRequestTooLarge();
            throw e;
        }
        if (done.isEmpty()) {
            uncertain = true;
            throw new Postponed(this + " is not as remembered", Duration.ofMillis(1));
        }
        owns(done.get());
        return owned.written();
    }

    private KeyState read() {
        return store.read("reading a progress key", List.of(key)).get(0);
    }

    private boolean rewrite(KeyState found, SinkProgress progress, LongPredicate raises) {
        Optional<Owned> done = bookkeeping.write(
                key, found.modRevision(), progress.by(me), raises, "etcd has forgotten what was done");
        done.ifPresent(now -> {
            owns(now);
            uncertain = false;
        });
        return done.isPresent();
    }

    private void owns(Owned now) {
        owned = now;
        seen = clock.instant();
        written = seen;
    }

    private Ownership judge(KeyState found) {
        SinkProgress now = found.isPresent() ? parse(found) : null;
        return Ownership.judge(owned.written(), owned.at(), me, now, found.modRevision());
    }

    private SinkProgress parse(KeyState found) {
        return SinkProgress.parse(toString(), found.value());
    }

    @Override
    public String toString() {
        return key.text();
    }
}
