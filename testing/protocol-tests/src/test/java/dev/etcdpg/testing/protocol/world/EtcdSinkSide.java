package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.testing.protocol.etcd.EtcdClient;
import dev.etcdpg.testing.protocol.etcd.ModelEtcd;
import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.Layouts;
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
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** The etcd sink's task of one topic partition, with its worker and the network between it and etcd. */
public final class EtcdSinkSide {

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
    private ModelEtcdSink task;
    private SinkRunner oldRunner;
    private ModelEtcdSink oldTask;
    private long group;
    private int incarnation;
    private Fault fault = Fault.NONE;

    EtcdSinkSide(World world, int partition) {
        this.world = world;
        this.partition = partition;
        open();
    }

    private void open() {
        runner = new SinkRunner(world.fromPostgres, partition, group, deadLetters, world.has(Flag.NO_SEEK));
        task = new ModelEtcdSink(
                runner.context(),
                new EtcdClient(world.etcd, this::transact),
                world.run.clock,
                Layouts.ROUTE,
                new TopicPartition(world.fromPostgres.name(), partition),
                "task-" + partition + "-" + incarnation++);
    }

    void run(int max, int b) {
        fault = world.has(Flag.LATE_TXN) && b / 3 % 4 == 0 ? Fault.values()[1 + b / 12 % 4] : Fault.NONE;
        runner.deliver(task, max);
        fault = Fault.NONE;
    }

    public void runAll() {
        for (int i = 0; i < 100 && (i == 0 || !runner.isAtEnd()); i++) {
            world.run.clock.advance(Duration.ofMillis(20));
            runner.deliver(task, 500);
        }
        commit();
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

    /** The task before the last crash was only paused, and continues. */
    void zombie() {
        if (oldTask != null) {
            world.say("etcd sink " + partition + ": a zombie wakes up");
            oldRunner.deliver(oldTask, 2);
        }
    }

    /** Ablation: the progress was not written together with the changes. Only the group's position is known. */
    private void forget() {
        long last = 0;
        for (SinkRecord record : world.fromPostgres.records(partition)) {
            if (record.kafkaOffset() < group) {
                last = Math.max(last, ((Struct) record.value()).getInt64("number"));
            }
        }
        byte[] progress = ModelEtcdSink.forgotten(group, world.postgres.origin(), last);
        world.etcd.txn(EtcdClient.write(
                        TxnRequest.newBuilder(), progressKey(), com.google.protobuf.ByteString.copyFrom(progress))
                .build());
    }

    private String progressKey() {
        return Layouts.PROGRESS + world.fromPostgres.name() + "/" + partition;
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
        if (!world.has(Flag.NO_CAS) && !world.has(Flag.NO_EPOCH_CAS) && !world.has(Flag.NO_FENCE)) {
            return request;
        }
        TxnRequest.Builder changed = request.toBuilder().clearCompare();
        for (Compare compare : request.getCompareList()) {
            String key = compare.getKey().toString(StandardCharsets.ISO_8859_1);
            boolean dropped = key.startsWith(Layouts.ROUTE.prefix())
                    ? world.has(Flag.NO_CAS)
                    : key.equals(Layouts.EPOCH)
                            ? world.has(Flag.NO_EPOCH_CAS)
                                    && compare.getTargetUnionCase() == Compare.TargetUnionCase.VALUE
                            : key.startsWith(Layouts.PROGRESS) && world.has(Flag.NO_FENCE);
            if (!dropped) {
                changed.addCompare(compare);
            }
        }
        return changed.build();
    }

    // ---- who wrote what

    private void note(TxnRequest request) {
        for (ModelEtcd.Version version : world.etcd.at(world.etcd.revision())) {
            if (version.key().startsWith(Layouts.ROUTE.prefix())) {
                note(version, request);
            } else if (version.key().startsWith(Layouts.ANSWERS)) {
                String answer = version.value().toStringUtf8();
                world.say("etcd sink " + partition + ": answer " + answer + " @" + version.mod());
                world.refused += answer.contains("refused") ? 1 : 0;
            } else if (version.key().equals(Layouts.EPOCH)) {
                world.say("etcd sink " + partition + ": NEW EPOCH "
                        + version.value().toStringUtf8());
            }
        }
    }

    private void note(ModelEtcd.Version version, TxnRequest request) {
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
        List<ModelEtcd.Version> versions = world.etcd.versions(version.key());
        ModelEtcd.Version before = versions.size() < 2 ? null : versions.get(versions.size() - 2);
        long base = before == null || !before.isLive() ? 0 : before.mod();
        if (change.base().revision() != base) {
            world.run.wrong.add("overwrite: " + author + " was built on " + change.base() + ", " + version.key()
                    + " was at " + base);
        }
        boolean isKnownHistory = change.base().epoch() > world.restoredEpoch;
        if (base != 0 && isKnownHistory && !before.isValue(sent.seen())) {
            world.run.wrong.add("unseen: " + author + " replaced " + before + ", PostgreSQL had seen " + sent.seen());
        }
        world.written.merge(sent.change(), 1, Integer::sum);
        world.authors.put(new Revision(world.epoch(), version.mod()), sent.change());
    }

    private long next(TxnRequest request) {
        return request.getSuccessList().stream()
                .filter(RequestOp::hasRequestPut)
                .map(RequestOp::getRequestPut)
                .filter(put -> put.getKey().toStringUtf8().startsWith(Layouts.PROGRESS))
                .findFirst()
                .map(put -> ModelEtcdSink.next(put.getValue().toByteArray()))
                .orElse(0L);
    }

    /** The last change of a key before an offset. */
    private PgRecord.Change change(String key, long next) {
        List<SinkRecord> records = world.fromPostgres.records(partition);
        for (int i = records.size() - 1; i >= 0; i--) {
            SinkRecord record = records.get(i);
            if (record.kafkaOffset() < next
                    && key.equals(record.key())
                    && PgRecordCodec.decode(record.value()) instanceof PgRecord.Change change) {
                return change;
            }
        }
        return null;
    }

    // ---- where it stands

    long position() {
        return runner.position();
    }

    boolean isBusy() {
        return !runner.isAtEnd();
    }

    boolean owes() {
        return task.owesEpoch();
    }
}
