package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import dev.etcdpg.testing.protocol.run.Flag;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** The Connect worker with the PostgreSQL sink's task of one topic partition. */
public final class PgSinkWorker {

    private final World world;
    private final int partition;
    private final List<SinkRecord> deadLetters = new ArrayList<>();
    private SinkRunner runner;
    private SinkRunner.Task task;
    private long group;

    PgSinkWorker(World world, int partition) {
        this.world = world;
        this.partition = partition;
        open();
    }

    private void open() {
        runner = new SinkRunner(world.fromEtcd, partition, group, deadLetters, false);
        task = world.postgres.sink(runner.context(), new TopicPartition(world.fromEtcd.name(), partition));
    }

    public void run(int max) {
        for (int i = 0; i < (world.has(Flag.NO_DISTRUST) ? max : 1); i++) {
            runner.deliver(task, world.has(Flag.NO_DISTRUST) ? 1 : max);
        }
    }

    public void runAll() {
        for (int i = 0; i < 1_000 && (i == 0 || !runner.isAtEnd()); i++) {
            runner.deliver(task, world.has(Flag.NO_DISTRUST) ? 1 : 500);
        }
        OffsetAndMetadata to = task.positions().get(new TopicPartition(world.fromEtcd.name(), partition));
        group = to == null ? group : to.offset();
    }

    void crash() {
        world.say("pg sink " + partition + " crashes");
        task.close();
        open();
    }

    long position() {
        return runner.position();
    }

    boolean isBusy() {
        return !runner.isAtEnd();
    }

    boolean owesWork() {
        return world.postgres.owesWork(task);
    }
}
