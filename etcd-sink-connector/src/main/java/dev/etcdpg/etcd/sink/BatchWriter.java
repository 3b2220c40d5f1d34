package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.record.PgRecord;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Commits a batch in one etcd transaction. The first round supposes that every change finds its key at its base, and takes one round trip. A
 * round that fails has read what was in the way, and the next one decides by it.
 */
final class BatchWriter {

    /** More than the keys of a batch: a round can fail by each of them once, and by the epoch now and then. */
    private static final int MAX_ROUNDS = 300;

    private final EtcdStore store;
    private final Bookkeeping bookkeeping;
    private final Steps steps;
    private final AnswerLease lease;

    BatchWriter(EtcdStore store, Bookkeeping bookkeeping, Steps steps, AnswerLease lease) {
        this.store = store;
        this.bookkeeping = bookkeeping;
        this.steps = steps;
        this.lease = lease;
    }

    /**
     * @param progress what to write as progress with it
     * @return empty if the progress key is not as {@code owned} says; nothing was written then
     * @throws EtcdFailure TOO_LARGE and TOO_MANY_OPERATIONS say that nothing was written; of others it is not known
     */
    Optional<Owned> commit(ByteSequence progressKey, Batch batch, Progress progress, Owned owned) {
        List<Item> items = batch.writes();
        boolean comparesEpoch = items.stream().anyMatch(Steps::comparesEpoch);
        View view = View.of(owned.epoch());
        if ((comparesEpoch && view.epoch() == null) || items.stream().anyMatch(Steps::readsFirst)) {
            List<Found> read = read(progressKey, items);
            if (read.get(0).modRevision() != owned.at()) {
                return Optional.empty();
            }
            view = seen(view, items, read);
        }
        for (int round = 0; round < MAX_ROUNDS; round++) {
            if (comparesEpoch && view.epoch() == null) {
                throw new Postponed(
                        "etcd has no key " + Bytes.text(bookkeeping.epochKey()) + " yet; the etcd source makes it",
                        Duration.ofSeconds(1));
            }
            EtcdStore.Result result;
            try {
                result = attempt(progressKey, items, progress, owned, view, comparesEpoch);
            } catch (EtcdFailure e) {
                if (e.kind() != EtcdFailure.Kind.NO_LEASE) {
                    throw e;
                }
                lease.verify();
                view = view.withGoneLeases(goneLeases(items));
                continue;
            }
            if (result.succeeded()) {
                return Optional.of(new Owned(progress, result.revision(), view.epoch()));
            } else if (result.read().get(0).modRevision() != owned.at()) {
                return Optional.empty();
            }
            view = seen(view, items, result.read());
        }
        throw new Postponed("keys of the batch change faster than they can be compared", Duration.ofMillis(100));
    }

    private EtcdStore.Result attempt(
            ByteSequence progressKey,
            List<Item> items,
            Progress progress,
            Owned owned,
            View view,
            boolean comparesEpoch) {
        List<Cmp> compares = new ArrayList<>();
        List<Op> then = new ArrayList<>();
        compares.add(Bookkeeping.isAt(progressKey, owned.at()));
        then.add(Op.put(progressKey, progress.bytes(), PutOption.DEFAULT));
        if (comparesEpoch) {
            ByteSequence epoch = Bytes.of(Long.toString(view.epoch()));
            compares.add(new Cmp(bookkeeping.epochKey(), Cmp.Op.EQUAL, CmpTarget.value(epoch)));
        }
        for (Item item : items) {
            Step step = steps.decide(item, view);
            if (step.check() != null) {
                compares.add(compare(step.check()));
            }
            then.add(operation(step.write()));
        }
        return store.transaction(compares, then, reads(progressKey, items));
    }

    private List<Found> read(ByteSequence progressKey, List<Item> items) {
        return store.transaction(List.of(), reads(progressKey, items), List.of())
                .read();
    }

    /** The progress key, the epoch key, then what each item rests on: keys only where the value does not matter. */
    private List<Op> reads(ByteSequence progressKey, List<Item> items) {
        List<Op> reads = new ArrayList<>();
        reads.add(EtcdStore.getRevision(progressKey));
        reads.add(EtcdStore.get(bookkeeping.epochKey()));
        for (Item item : items) {
            ByteSequence key = steps.rests(item);
            if (key != null) {
                reads.add(Steps.readsFirst(item) ? EtcdStore.get(key) : EtcdStore.getRevision(key));
            }
        }
        return reads;
    }

    private View seen(View before, List<Item> items, List<Found> read) {
        Map<ByteSequence, Found> found = new HashMap<>();
        int i = 2;
        for (Item item : items) {
            ByteSequence key = steps.rests(item);
            if (key != null) {
                found.put(key, read.get(i++));
            }
        }
        return before.withRead(bookkeeping.epoch(read.get(1)), found);
    }

    private Set<Long> goneLeases(List<Item> items) {
        Set<Long> gone = new HashSet<>();
        for (Item item : items) {
            if (item instanceof Item.Send sent
                    && sent.send() instanceof PgRecord.Change change
                    && change.lease() != 0
                    && !store.hasLease(change.lease())) {
                gone.add(change.lease());
            }
        }
        return gone;
    }

    private static Cmp compare(Step.Check check) {
        if (check instanceof Step.Check.At at) {
            return Bookkeeping.isAt(at.key(), at.modRevision());
        }
        return new Cmp(((Step.Check.Present) check).key(), Cmp.Op.GREATER, CmpTarget.modRevision(0));
    }

    private Op operation(Step.Write write) {
        if (write instanceof Step.Write.Put put) {
            return Op.put(
                    put.key(),
                    put.value(),
                    PutOption.builder().withLeaseId(put.lease()).build());
        } else if (write instanceof Step.Write.Reply reply) {
            return Op.put(
                    reply.key(),
                    reply.value(),
                    PutOption.builder().withLeaseId(lease.id()).build());
        }
        return Op.delete(write.key(), DeleteOption.DEFAULT);
    }
}
