package dev.etcdpg.etcd.sink.commit;

import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.ChainSender;
import dev.etcdpg.etcd.bookkeeping.OriginValue;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Notices two copies of a database that send through different topics. Within a topic partition, the order of the records shows that a
 * superseded database sends again. Between topics there is no such order, so this guard compares the numbers of the records, which follow the
 * time of day. Not thread-safe.
 */
public final class OriginGuard {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /** Difference between the clocks of two hosts that is no evidence, in microseconds as in the numbers of records. */
    private static final long SLACK = 60_000_000;

    private final EtcdGateway etcd;
    private final BookkeepingKeys keys;
    private final CopyGuard copies;
    private final Clock clock;
    private final RateLimit checks;
    /** Numbers of the senders at the first check. Only records that were sent later show that a database is running. */
    private final Map<ChainSender, Long> first = new HashMap<>();

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public OriginGuard(EtcdGateway etcd, BookkeepingKeys keys, CopyGuard copies, Clock clock, LongSupplier nanoTime) {
        this.etcd = etcd;
        this.keys = keys;
        this.copies = copies;
        this.clock = clock;
        this.checks = new RateLimit(INTERVAL, nanoTime);
    }

    /**
     * Compares the databases of a task's partitions with the databases that other tasks and connectors have seen. Sends requests at most once in
     * five seconds.
     *
     * @throws dev.etcdpg.etcd.client.EtcdFailure if etcd does not execute a request
     * @throws org.apache.kafka.connect.errors.ConnectException if a superseded database sends, and the policy says that the task fails
     */
    public void check(List<SinkProgress> partitions) {
        if (checks.acquire()) {
            senders(partitions).forEach(this::check);
        }
    }

    /** Returns the present sender of each origin with its highest number. */
    private static Map<ChainSender, Long> senders(List<SinkProgress> partitions) {
        Map<ChainSender, Long> last = new HashMap<>();
        for (SinkProgress progress : partitions) {
            progress.databases().forEach((origin, databases) -> {
                ChainSender sender = new ChainSender(origin, databases.current());
                last.merge(sender, progress.lastOf(sender), Math::max);
            });
        }
        return last;
    }

    private void check(ChainSender sender, long number) {
        long before = first.computeIfAbsent(sender, s -> number);
        EtcdBytes key = EtcdBytes.of(keys.origin(sender.origin()));
        EtcdKeyState found = etcd.read("reading an origin", List.of(key)).get(0);
        Optional<OriginValue> known = OriginValue.parse(found.value());
        String database = String.valueOf(sender.database());
        long now = clock.millis() * 1_000;
        if (known.isEmpty()) {
            write(key, found, new OriginValue(database, now, Set.of()));
        } else if (known.get().superseded().contains(database)) {
            if (number > before && number > known.get().since() + SLACK) {
                copies.report(key.text(), sender, known.get().current());
            }
        } else if (!known.get().current().equals(database)) {
            write(key, found, known.get().after(database, now));
        }
    }

    /** Writes the key, unless it has changed. The next check then sees the change. */
    private void write(EtcdBytes key, EtcdKeyState found, OriginValue value) {
        etcd.transact(
                "writing an origin",
                new EtcdTransaction(
                        List.of(new Condition.AtRevision(key, found.modRevision())),
                        List.of(new Operation.Put(key, value.write())),
                        List.of()));
    }
}
