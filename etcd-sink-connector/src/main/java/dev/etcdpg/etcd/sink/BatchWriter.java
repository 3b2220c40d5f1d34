package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.bookkeeping.EpochValue;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import dev.etcdpg.etcd.kv.KeyState;
import dev.etcdpg.etcd.kv.TransactionResult;
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

    private final EtcdGateway store;
    private final Bookkeeping bookkeeping;
    private final Steps steps;
    private final AnswerLease lease;

    BatchWriter(EtcdGateway store, Bookkeeping bookkeeping, Steps steps, AnswerLease lease) {
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
    Optional<Owned> commit(EtcdBytes progressKey, Batch batch, SinkProgress progress, Owned owned) {
        List<Item> items = batch.writes();
        boolean comparesEpoch = items.stream().anyMatch(Steps::comparesEpoch);
        View view = View.of(owned.epoch());
        if ((comparesEpoch && view.epoch() == null) || items.stream().anyMatch(Steps::readsFirst)) {
            List<KeyState> read = read(progressKey, items);
            if (read.get(0).modRevision() != owned.at()) {
                return Optional.empty();
            }
            view = seen(view, items, read);
        }
        for (int round = 0; round < MAX_ROUNDS; round++) {
            if (comparesEpoch && view.epoch() == null) {
                throw new Postponed(
                        "etcd has no key " + bookkeeping.epochKey().text() + " yet; the etcd source makes it",
                        Duration.ofSeconds(1));
            }
            TransactionResult result;
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

    private TransactionResult attempt(
            EtcdBytes progressKey,
            List<Item> items,
            SinkProgress progress,
            Owned owned,
            View view,
            boolean comparesEpoch) {
        List<Condition> compares = new ArrayList<>();
        List<Operation> then = new ArrayList<>();
        compares.add(Bookkeeping.isAt(progressKey, owned.at()));
        then.add(new Operation.Put(progressKey, progress.write()));
        if (comparesEpoch) {
            compares.add(new Condition.HasValue(bookkeeping.epochKey(), EpochValue.write(view.epoch())));
        }
        for (Item item : items) {
            Step step = steps.decide(item, view);
            if (step.check() != null) {
                compares.add(compare(step.check()));
            }
            then.add(operation(step.write()));
        }
        return store.transact("writing a batch", new EtcdTransaction(compares, then, reads(progressKey, items)));
    }

    private List<KeyState> read(EtcdBytes progressKey, List<Item> items) {
        return store.transact("reading a batch's keys", EtcdTransaction.of(reads(progressKey, items)))
                .read();
    }

    /** The progress key, the epoch key, then what each item rests on: keys only where the value does not matter. */
    private List<Operation> reads(EtcdBytes progressKey, List<Item> items) {
        List<Operation> reads = new ArrayList<>();
        reads.add(new Operation.GetRevision(progressKey));
        reads.add(new Operation.Get(bookkeeping.epochKey()));
        for (Item item : items) {
            EtcdBytes key = steps.rests(item);
            if (key != null) {
                reads.add(Steps.readsFirst(item) ? new Operation.Get(key) : new Operation.GetRevision(key));
            }
        }
        return reads;
    }

    private View seen(View before, List<Item> items, List<KeyState> read) {
        Map<EtcdBytes, KeyState> found = new HashMap<>();
        int i = 2;
        for (Item item : items) {
            EtcdBytes key = steps.rests(item);
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

    private static Condition compare(Step.Check check) {
        if (check instanceof Step.Check.At at) {
            return new Condition.AtRevision(at.key(), at.modRevision());
        }
        return new Condition.Present(((Step.Check.Present) check).key());
    }

    private Operation operation(Step.Write write) {
        if (write instanceof Step.Write.Put put) {
            return new Operation.Put(put.key(), put.value(), put.lease());
        } else if (write instanceof Step.Write.Reply reply) {
            return new Operation.Put(reply.key(), reply.value(), lease.id());
        }
        return new Operation.Delete(write.key());
    }
}
