package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcd;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcdClient;
import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;

/** The Connect worker with the etcd sink's task of one topic partition, and the network between the task and etcd. */
public final class EtcdSinkWorker {

    /** A fault of the network while it transports a transaction. */
    private enum Fault {
        NONE,
        /** The transaction never arrives. */
        LOST,
        /** etcd executes the transaction, and the answer is lost. */
        UNANSWERED,
        /** The sink gives the transaction up, and it arrives later. */
        LATE,
        /** etcd executes the transaction, and it arrives again later. */
        TWICE
    }

    private final World world;
    private final int partition;
    private final List<SinkRecord> deadLetters = new ArrayList<>();
    private final Deque<TxnRequest> late = new ArrayDeque<>();
    private SinkRunner runner;
    private ModelledEtcdSink task;
    private SinkRunner oldRunner;
    private ModelledEtcdSink oldTask;
    private long group;
    private int incarnation;
    private Fault fault = Fault.NONE;
    private boolean skipsSuperseded;

    EtcdSinkWorker(World world, int partition) {
        this.world = world;
        this.partition = partition;
        open();
    }

    private void open() {
        runner = new SinkRunner(world.fromPostgres, partition, group, deadLetters, world.has(Flag.NO_SEEK));
        task = new ModelledEtcdSink(
                runner.context(),
                new InMemoryEtcdClient(world.etcd, this::transact),
                world.run.clock,
                WorldLayout.ROUTE,
                new TopicPartition(world.fromPostgres.name(), partition),
                "task-" + partition + "-" + incarnation++,
                skipsSuperseded);
    }

    void run(int max, int b) {
        fault = world.has(Flag.LATE_TXN) && b / 3 % 4 == 0 ? Fault.values()[1 + b / 12 % 4] : Fault.NONE;
        deliver(max);
        fault = Fault.NONE;
    }

    public void runAll() {
        for (int i = 0; i < 100 && (i == 0 || !runner.isAtEnd()); i++) {
            world.run.clock.advance(Duration.ofMillis(20));
            deliver(500);
        }
        commit();
    }

    private void deliver(int max) {
        try {
            runner.deliver(task, max);
        } catch (ConnectException e) {
            String message = e.getMessage();
            if (!world.has(Flag.COPIED_DATABASE) || !message.contains("sends again, but database")) {
                throw e;
            }
            world.say("etcd sink " + partition + " fails: " + message);
            skipsSuperseded = true;
            world.separate(message.contains("database " + world.postgres.database() + " sends again"));
            task.close();
            open();
        }
    }

    void commit() {
        OffsetAndMetadata to = task.positions().get(new TopicPartition(world.fromPostgres.name(), partition));
        group = to == null ? group : to.offset();
    }

    void crash() {
        world.say("etcd sink " + partition + " crashes");
        if (world.has(Flag.ZOMBIES)) {
            oldTask = task;
            oldRunner = runner;
        } else {
            task.close();
        }
        if (world.has(Flag.NO_PROGRESS)) {
            forget();
        }
        open();
    }

    /** Continues the task from before the last crash, as if it had only paused. */
    void zombie() {
        if (oldTask != null) {
            world.say("etcd sink " + partition + ": a zombie wakes up");
            oldRunner.deliver(oldTask, 2);
        }
    }

    /** Replaces the progress by the position of the consumer group, as if the sink did not write progress together with changes. */
    private void forget() {
        long last = 0;
        for (SinkRecord record : world.fromPostgres.records(partition)) {
            if (record.kafkaOffset() < group) {
                last = Math.max(last, ((Struct) record.value()).getInt64("number"));
            }
        }
        byte[] progress = ModelledEtcdSink.forgotten(group, world.postgres.origin(), last);
        world.etcd.txn(InMemoryEtcdClient.write(
                        TxnRequest.newBuilder(), progressKey(), com.google.protobuf.ByteString.copyFrom(progress))
                .build());
    }

    private String progressKey() {
        return WorldLayout.PROGRESS + world.fromPostgres.name() + "/" + partition;
    }

    // ---- the network

    private TxnResponse transact(TxnRequest request) {
        boolean writes = request.getSuccessList().stream().anyMatch(op -> !op.hasRequestRange());
        Fault now = writes ? fault : Fault.NONE;
        fault = writes ? Fault.NONE : fault;
        switch (now) {
            case LOST -> throw Status.UNAVAILABLE.asRuntimeException();
            case UNANSWERED -> {
                world.say("etcd sink " + partition + ": a transaction is not answered");
                execute(request);
                throw Status.UNAVAILABLE.asRuntimeException();
            }
            case LATE -> {
                world.say("etcd sink " + partition + ": a transaction is given up");
                late.add(request);
                throw Status.DEADLINE_EXCEEDED.asRuntimeException();
            }
            case TWICE -> late.add(request);
            case NONE -> {}
        }
        return execute(request);
    }

    void late() {
        if (!late.isEmpty()) {
            TxnRequest request = late.remove();
            try {
                boolean done = execute(request).getSucceeded();
                world.say("etcd: a late transaction of sink " + partition + (done ? " is done" : " fails"));
            } catch (io.grpc.StatusRuntimeException e) {
                world.say("etcd: a late transaction of sink " + partition + " is refused");
            }
        }
    }

    void lateAll() {
        while (!late.isEmpty()) {
            late();
        }
    }

    void forgetLate() {
        late.clear();
    }

    private TxnResponse execute(TxnRequest request) {
        long before = world.etcd.revision();
        TxnResponse response = world.etcd.txn(ablated(request));
        if (world.etcd.revision() > before) {
            note(request);
        }
        return response;
    }

    private TxnRequest ablated(TxnRequest request) {
        if (!world.has(Flag.NO_COMPARE_AND_SWAP) && !world.has(Flag.NO_EPOCH_COMPARE) && !world.has(Flag.NO_FENCE)) {
            return request;
        }
        TxnRequest.Builder changed = request.toBuilder().clearCompare();
        for (Compare compare : request.getCompareList()) {
            String key = compare.getKey().toString(StandardCharsets.ISO_8859_1);
            boolean dropped = key.startsWith(WorldLayout.ROUTE.prefix())
                    ? world.has(Flag.NO_COMPARE_AND_SWAP)
                    : key.equals(WorldLayout.EPOCH)
                            ? world.has(Flag.NO_EPOCH_COMPARE)
                                    && compare.getTargetUnionCase() == Compare.TargetUnionCase.VALUE
                            : key.startsWith(WorldLayout.PROGRESS) && world.has(Flag.NO_FENCE);
            if (!dropped) {
                changed.addCompare(compare);
            }
        }
        return changed.build();
    }

    // ---- authors of revisions

    private void note(TxnRequest request) {
        for (InMemoryEtcd.Version version : world.etcd.at(world.etcd.revision())) {
            if (version.key().startsWith(WorldLayout.ROUTE.prefix())) {
                note(version, request);
            } else if (version.key().startsWith(WorldLayout.ANSWERS)) {
                String answer = version.value().toStringUtf8();
                world.say("etcd sink " + partition + ": answer " + answer + " @" + version.mod());
                world.refused += answer.contains("refused") ? 1 : 0;
            } else if (version.key().equals(WorldLayout.EPOCH)) {
                world.say("etcd sink " + partition + ": NEW EPOCH "
                        + version.value().toStringUtf8());
            }
        }
    }

    private void note(InMemoryEtcd.Version version, TxnRequest request) {
        PgRecord.Change change = change(version.key(), next(request));
        World.Sent sent = change == null ? null : world.sent.get(change.chain().number());
        String author = sent == null ? "?" : "W" + sent.change();
        world.say("etcd sink " + partition + ": " + version.key() + " = "
                + (version.isLive() ? version.value().toStringUtf8() : null) + " @" + world.epoch() + "."
                + version.mod()
                + " " + author);
        if (sent == null) {
            return;
        }
        List<InMemoryEtcd.Version> versions = world.etcd.versions(version.key());
        InMemoryEtcd.Version before = versions.size() < 2 ? null : versions.get(versions.size() - 2);
        long base = before == null || !before.isLive() ? 0 : before.mod();
        if (change.base().revision() != base) {
            world.run.wrong.add("overwrite: " + author + " was built on " + change.base() + ", " + version.key()
                    + " was at " + base);
        }
        boolean isKnownHistory = change.base().epoch() > world.restoredEpoch;
        if (base != 0 && isKnownHistory && !before.isValue(sent.seen())) {
            world.run.wrong.add("unseen: " + author + " replaced " + before + ", PostgreSQL had seen " + sent.seen());
        }
        if (!world.hasNewOrigin || !world.gaps()) {
            // under a new origin a change may be written again after a gap, see docs/protocol/README.md
            world.written.merge(sent.change(), 1, Integer::sum);
        }
        world.authors.put(new Revision(world.epoch(), version.mod()), sent.change());
    }

    private long next(TxnRequest request) {
        return request.getSuccessList().stream()
                .filter(RequestOp::hasRequestPut)
                .map(RequestOp::getRequestPut)
                .filter(put -> put.getKey().toStringUtf8().startsWith(WorldLayout.PROGRESS))
                .findFirst()
                .map(put -> ModelledEtcdSink.next(put.getValue().toByteArray()))
                .orElse(0L);
    }

    /**
     * Returns the last change of a key before an offset, without repeated records, which the sink drops.
     *
     * @return null if a copy of the database has sent this change
     */
    private PgRecord.Change change(String key, long next) {
        PgRecord.Change last = null;
        boolean isOwn = true;
        Set<String> seen = new HashSet<>();
        for (SinkRecord record : world.fromPostgres.records(partition)) {
            boolean concernsKey = record.kafkaOffset() < next && key.equals(record.key());
            if (concernsKey && PgRecordCodec.decode(record.value()) instanceof PgRecord.Change change) {
                String database = PgRecordCodec.database(record.value());
                if (seen.add(change.chain().number() + " " + database)) {
                    last = change;
                    isOwn = !world.has(Flag.COPIED_DATABASE)
                            || world.postgres.database().equals(database);
                }
            }
        }
        return isOwn ? last : null;
    }

    // ---- position

    long position() {
        return runner.position();
    }

    boolean isBusy() {
        return !runner.isAtEnd();
    }

    boolean owesWork() {
        return task.owesEpoch();
    }
}
