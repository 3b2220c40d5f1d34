package dev.etcdpg.testing.protocol.world;

import static dev.etcdpg.testing.protocol.run.WorldLayout.KEYS;
import static dev.etcdpg.testing.protocol.run.WorldLayout.PARTITIONS;

import com.google.protobuf.ByteString;
import dev.etcdpg.core.Revision;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcd;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcdClient;
import dev.etcdpg.testing.protocol.kafka.InMemoryTopic;
import dev.etcdpg.testing.protocol.postgres.Authors;
import dev.etcdpg.testing.protocol.postgres.InMemoryPostgres;
import dev.etcdpg.testing.protocol.postgres.PostgresSide;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.Run;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import io.etcd.jetcd.api.TxnRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Writers on both sides, and the connectors between them. The connectors are the real code. etcd and the topics are in memory. PostgreSQL is
 * in memory or real. Nothing runs by itself: an action moves one part of the world.
 */
public final class World implements AutoCloseable {

    /** Makes the PostgreSQL of a world. */
    public interface PostgresMaker {
        PostgresSide make(Run run, Authors authors);
    }

    /**
     * A change that was sent to etcd.
     *
     * @param change id of the change
     * @param seen the value that PostgreSQL had seen at the base of the change
     */
    record Sent(long change, String seen) {}

    private static final int ROUNDS = 150;

    public final Run run;
    public final InMemoryEtcd etcd = new InMemoryEtcd();
    final InMemoryTopic fromEtcd = new InMemoryTopic("etcd.etcd", PARTITIONS);
    final InMemoryTopic fromPostgres = new InMemoryTopic("pg.etcd", PARTITIONS);
    public final PostgresSide postgres;
    final List<String> keys;
    public final EtcdSourceWorker source;
    public final PgSourceWorker pgSource;
    public final List<EtcdSinkWorker> etcdSinks = new ArrayList<>();
    public final List<PgSinkWorker> pgSinks = new ArrayList<>();
    public final Map<String, String> lastCommit = new HashMap<>();
    final AblatedRecords wire;
    public final Map<Revision, Long> authors = new HashMap<>();
    public final Map<Long, Integer> written = new HashMap<>();
    /** Changes that were sent, by their number. */
    final Map<Long, Sent> sent = new HashMap<>();
    /** In epochs up to this one, etcd may have another history now. */
    long restoredEpoch;

    public boolean lossy;
    int records;
    public int refused;
    /** Whether the database got another origin. */
    boolean hasNewOrigin;

    /** A copy of the database, with its source; null until the database is copied. */
    public PostgresSide copy;

    public PgSourceWorker copySource;
    private EtcdSourceWorker foreignSource;
    private EtcdSourceWorker secondSource;
    private boolean secondSourceWasStopped;
    private boolean gaps;
    private boolean lost;
    private final Set<String> values;
    private PostgresSide.Write opened;

    public World(Set<Flag> flags, PostgresMaker maker) {
        this.run = new Run(flags);
        this.keys = KEYS.subList(0, flags.contains(Flag.ONE_KEY) ? 1 : flags.contains(Flag.FOUR_KEYS) ? 4 : 2);
        this.values = flags.contains(Flag.FEW_VALUES) ? Set.of("a", "b") : Set.of("a", "b", "c");
        this.wire = new AblatedRecords(flags, etcd);
        this.postgres = maker.make(run, at -> gaps() ? 0 : authors.getOrDefault(at, 0L));
        this.source = new EtcdSourceWorker(this, ModelledEtcdSource.Identity.OWN);
        this.pgSource = new PgSourceWorker(this, postgres);
        for (int p = 0; p < PARTITIONS; p++) {
            etcdSinks.add(new EtcdSinkWorker(this, p));
            pgSinks.add(new PgSinkWorker(this, p));
        }
    }

    /** Returns a world with PostgreSQL in memory. */
    public static World inMemory(Set<Flag> flags) {
        return new World(flags, InMemoryPostgres::new);
    }

    public boolean has(Flag flag) {
        return run.has(flag);
    }

    public void say(String line) {
        run.say(line);
    }

    /** Whether a gap may have hidden revisions of etcd. The event of a local change may then look foreign. */
    public boolean gaps() {
        return gaps
                || epochs() > 1
                || source.snapshots() > WorldLayout.ranges(has(Flag.TWO_RANGES)).size();
    }

    void gap() {
        gaps = true;
    }

    /** Returns the number of epochs that have begun. */
    public int epochs() {
        return etcd.versions(WorldLayout.EPOCH).size();
    }

    public long epoch() {
        InMemoryEtcd.Version epoch = etcd.get(WorldLayout.EPOCH);
        return epoch == null ? 0 : Long.parseLong(epoch.value().toStringUtf8());
    }

    // ---- steps

    public void act(Action action) {
        run.clock.advance(Duration.ofMillis(100 + action.b() % 7 * 50L));
        String key = keys.get(action.a() % keys.size());
        int p = action.a() % PARTITIONS;
        switch (action.kind()) {
            case APP -> {
                if (!has(Flag.NO_APP)) {
                    app(action.a(), action.b());
                }
            }
            case SQL -> {
                if (!has(Flag.NO_SQL)) {
                    sql(action.a(), action.b());
                }
            }
            case SOURCE -> source.run(action.a(), action.b());
            case DISPATCH -> postgres.dispatch();
            case PG_SOURCE -> pgSource.run();
            case ETCD_SINK -> etcdSinks.get(p).run(1 + action.b() % 3, action.b());
            case PG_SINK -> pgSinks.get(p).run(1 + action.b() % 4);
            case SOURCE_COMMIT -> source.commit();
            case PG_SOURCE_COMMIT -> pgSource.commit();
            case ETCD_SINK_COMMIT -> etcdSinks.get(p).commit();
            case HEARTBEAT -> {
                run.clock.advance(Duration.ofMillis(6_000));
                pgSource.heartbeats();
            }
            case SETTLE -> settle(5);
            case SOURCE_CRASH -> unlessQuiet(source::crash);
            case PG_SOURCE_CRASH -> unlessQuiet(pgSource::crash);
            case ETCD_SINK_CRASH -> unlessQuiet(() -> etcdSinks.get(p).crash());
            case PG_SINK_CRASH -> unlessQuiet(() -> pgSinks.get(p).crash());
            case LOSE_CONNECTION -> unlessQuiet(source::loseConnection);
            case COMPACT -> {
                if (!has(Flag.NO_COMPACTION)) {
                    boolean killed = has(Flag.KILLED_COMPACTION) && action.b() % 2 == 0;
                    etcd.compact(killed);
                    say("etcd: compacted at " + etcd.revision() + (killed ? ", and killed in the middle of it" : ""));
                    if (killed) {
                        source.loseConnection();
                    }
                }
            }
            case RESOLVE -> postgres.resolve(action.b() % 2 == 0);
            case LATE -> etcdSinks.get(p).late();
            case PG_FAULT -> {
                postgres.failNext(action.b() % 2 == 0);
            }
            case EPOCH -> raiseEpoch();
            case RESYNC -> postgres.resync();
            case OPEN -> open(key, action.b());
            case END -> end(action.b() % 4 != 0);
            case LOSE_ETCD_RECORDS -> lose(fromEtcd, p, pgSinks.get(p).position(), action.b());
            case LOSE_PG_RECORDS -> lose(fromPostgres, p, etcdSinks.get(p).position(), action.b());
            case KAFKA_COMPACT -> compactTopic();
            case ETCD_BACKUP -> etcd.backUp();
            case ETCD_RESTORE -> restoreEtcd(action);
            case PG_BACKUP -> postgres.backUp();
            case PG_RESTORE -> restorePostgres();
            case FOREIGN_SOURCE -> foreignSource(action.a(), action.b());
            case SECOND_SOURCE -> {
                if (secondSource == null && !secondSourceWasStopped) {
                    say("A SECOND SOURCE OF THE PREFIX IS STARTED");
                    gap(); // its snapshot
                    secondSource = new EtcdSourceWorker(this, ModelledEtcdSource.Identity.SECOND);
                }
                if (secondSource != null) {
                    secondSource.run(action.a(), action.b());
                }
            }
            case COPY -> copyDatabase();
            case COPY_SQL -> {
                if (copy != null) {
                    copy.transact(List.of(new PostgresSide.Write(key, value(action.b()))));
                }
            }
            case COPY_SOURCE -> {
                if (copy != null) {
                    if (action.b() % 2 == 0) {
                        // the change of the original has its number before the changes of the copy
                        postgres.dispatch();
                    }
                    copySource.run();
                }
            }
            case PRUNE -> {
                say("operator: the history is pruned");
                postgres.prune(action.b() % 3);
            }
            case ZOMBIE -> etcdSinks.get(p).zombie();
        }
    }

    private void unlessQuiet(Runnable crash) {
        if (!has(Flag.NO_CRASH)) {
            crash.run();
        }
    }

    private String value(int b) {
        List<String> some = values.stream().sorted().toList();
        int i = b % (some.size() + 1);
        return i == some.size() ? null : some.get(i);
    }

    private void app(int a, int b) {
        String value = value(b);
        ByteString bytes = value == null ? null : ByteString.copyFromUtf8(value);
        if (has(Flag.UNREPRESENTABLE) && b % 7 == 0) {
            bytes = ByteString.copyFrom(new byte[] {(byte) 0xff});
        }
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        InMemoryEtcdClient.write(txn, keys.get(a % keys.size()), bytes);
        if (has(Flag.TXN) && a % 5 == 0) {
            InMemoryEtcdClient.write(txn, keys.get((a + 1) % keys.size()), ByteString.copyFromUtf8("both"));
        }
        long before = etcd.revision();
        try {
            etcd.txn(txn.build());
        } catch (io.grpc.StatusRuntimeException e) {
            return; // the transaction puts a key twice
        }
        if (etcd.revision() > before) {
            etcd.at(etcd.revision())
                    .forEach(v -> say("app: " + v.key() + " = "
                            + (v.isLive() ? v.value().toStringUtf8() : null) + " @" + epoch() + "." + v.mod()));
        }
    }

    private void sql(int a, int b) {
        List<PostgresSide.Write> writes = new ArrayList<>();
        int count = has(Flag.TXN) ? 1 + a / keys.size() % 3 : 1;
        for (int i = 0; i < count; i++) {
            String key = keys.get((a + (b / 4 % 2) * i) % keys.size());
            String value = value(b + i);
            writes.add(
                    new PostgresSide.Write(key, has(Flag.FAIL) && (b + i) % 9 == 0 ? InMemoryEtcd.TOO_LARGE : value));
        }
        if (opened != null && writes.stream().anyMatch(w -> w.key().equals(opened.key()))) {
            return; // the transaction would wait for the open transaction
        }
        postgres.transact(writes);
        writes.forEach(w -> lastCommit.put(w.key(), w.value()));
    }

    private void open(String key, int b) {
        PostgresSide.Write write = new PostgresSide.Write(key, value(b));
        if (!has(Flag.NO_SQL) && opened == null && postgres.open(write)) {
            opened = write;
        }
    }

    private void end(boolean commit) {
        if (opened != null) {
            postgres.end(commit);
            if (commit) {
                lastCommit.put(opened.key(), opened.value());
            }
            opened = null;
        }
    }

    public void raiseEpoch() {
        if (epoch() != 0) {
            long next = Math.max(run.clock.millis(), epoch() + 1);
            etcd.txn(InMemoryEtcdClient.write(
                            TxnRequest.newBuilder(), WorldLayout.EPOCH, ByteString.copyFromUtf8(Long.toString(next)))
                    .build());
            say("operator: epoch " + next + " @" + etcd.revision());
        }
    }

    private void lose(InMemoryTopic topic, int partition, long from, int b) {
        gaps = true;
        lost = true;
        if (b % 2 == 0) {
            topic.lose(partition, from);
            say("kafka: the unread records of " + topic.name() + "-" + partition + " are lost");
        } else {
            topic.createAnew(partition);
            say("kafka: " + topic.name() + "-" + partition + " is created again");
        }
    }

    /** Compacts the topic as Kafka does, as if each kind of record had a key of its own. */
    private void compactTopic() {
        gaps = true;
        say("kafka: the etcd topic is compacted");
        for (int p = 0; p < PARTITIONS; p++) {
            Set<String> seen = new HashSet<>();
            List<SinkRecord> all = fromEtcd.records(p);
            for (int i = all.size() - 1; i >= 0; i--) {
                SinkRecord record = all.get(i);
                Object kind = ((Struct) record.value()).schema().field("kind") == null
                        ? "event"
                        : ((Struct) record.value()).get("kind");
                if (record.kafkaOffset() >= pgSinks.get(p).position() && !seen.add(kind + " " + record.key())) {
                    all.remove(i);
                }
            }
        }
    }

    private void restoreEtcd(Action action) {
        if (!etcd.hasBackup()) {
            return;
        }
        restoreEtcd(() -> {
            if (action.b() % 2 == 0) {
                app(action.a(), action.b());
                app(action.a() + 1, action.b() + 1);
            }
        });
    }

    /** @param meanwhile runs before the connectors notice the restored etcd */
    public void restoreEtcd(Runnable meanwhile) {
        restoredEpoch = Math.max(restoredEpoch, epoch());
        etcd.restore();
        lossy = true;
        say("ETCD IS RESTORED to revision " + etcd.revision());
        etcdSinks.forEach(EtcdSinkWorker::forgetLate);
        source.restored(etcd.revision());
        meanwhile.run();
    }

    private void restorePostgres() {
        if (!postgres.hasBackup()) {
            return;
        }
        say("POSTGRESQL IS RESTORED");
        opened = null;
        postgres.restore();
        postgres.resync();
        lossy = true;
    }

    /** Writes a key of another prefix, whose source writes the topic of this route by mistake. */
    private void foreignSource(int a, int b) {
        if (foreignSource == null) {
            say("A SOURCE OF ANOTHER PREFIX IS STARTED");
            foreignSource = new EtcdSourceWorker(this, ModelledEtcdSource.Identity.FOREIGN);
        }
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        InMemoryEtcdClient.write(
                txn, ModelledEtcdSource.Identity.FOREIGN.prefix() + b % 3, ByteString.copyFromUtf8("foreign"));
        etcd.txn(txn.build());
        foreignSource.run(a, b);
    }

    /** Plays the operator after the PostgreSQL sink has refused a source. @param accepts whether the first source must be accepted again */
    void stopSecondSource(boolean accepts) {
        if (secondSource != null) {
            say("operator: the second source is stopped");
            secondSource = null;
            secondSourceWasStopped = true;
        }
        if (accepts) {
            say("operator: the first source is accepted again");
            postgres.acceptSource(ModelledEtcdSource.Identity.OWN.name());
            pgSinks.forEach(PgSinkWorker::crash);
        }
    }

    public void copyDatabase() {
        if (copy == null) {
            say("THE DATABASE IS COPIED");
            copy = postgres.copy();
            copySource = new PgSourceWorker(this, copy);
        }
    }

    /** Plays the operator after the etcd sink has refused a superseded database: this database gets an origin of its own. */
    void separate(boolean original) {
        say("operator: the " + (original ? "original" : "copy") + " gets an origin of its own");
        if (original) {
            postgres.becomeOriginal();
            hasNewOrigin = true;
            pgSource.beginAgain();
            pgSinks.forEach(PgSinkWorker::crash);
        } else {
            copy.becomeOriginal();
            copySource.beginAgain();
        }
    }

    // ---- rest

    /**
     * Runs all connectors until nothing moves.
     *
     * @return false if something still moves after the given number of rounds
     */
    public boolean settle(int rounds) {
        boolean patient = rounds >= ROUNDS;
        int still = 0;
        for (int round = 0; round < rounds; round++) {
            long before = stamp();
            run.clock.advance(Duration.ofMillis(still == 2 ? 61_000 : 6_000));
            source.runAll();
            if (secondSource != null) {
                secondSource.runAll();
            }
            pgSource.run();
            pgSource.heartbeats();
            etcdSinks.forEach(EtcdSinkWorker::runAll);
            pgSinks.forEach(PgSinkWorker::runAll);
            source.commit();
            pgSource.commit();
            boolean moved = before != stamp()
                    || etcdSinks.stream().anyMatch(EtcdSinkWorker::isBusy)
                    || pgSinks.stream().anyMatch(PgSinkWorker::isBusy);
            still = moved ? 0 : still + 1;
            if (still == 2 && !isOwing() || still > 3) {
                return true;
            }
        }
        return !patient;
    }

    /** Whether a task may act only after a minute. Only the etcd sink knows whether it owesWork a new epoch for lost records. */
    private boolean isOwing() {
        return lost
                || pgSinks.stream().anyMatch(PgSinkWorker::owesWork)
                || etcdSinks.stream().anyMatch(EtcdSinkWorker::owesWork);
    }

    private long stamp() {
        return records + etcd.revision() * 1_000_003L + postgres.version() * 1_000_000_007L;
    }

    /** Ends open transactions, and runs all connectors until nothing moves. */
    public void drain() {
        end(true);
        etcdSinks.forEach(EtcdSinkWorker::lateAll);
        for (int i = 0; i < 20; i++) {
            if (!settle(ROUNDS)) {
                run.wrong.add("for-ever: the world still moves after " + ROUNDS + " rounds");
                return;
            } else if (!postgres.resolve(false)) {
                return;
            }
        }
    }

    @Override
    public void close() {
        postgres.close();
    }
}
