package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import dev.etcdpg.testing.protocol.run.Flag;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** The PostgreSQL sink's task of a topic partition, and the worker around it. */
public final class PgSinkSide {

    private final World world;
    private final int partition;
    private final List<SinkRecord> deadLetters = new ArrayList<>();
    private SinkRunner runner;
    private SinkRunner.Task task;
    private long group;

    PgSinkSide(World world, int partition) {
        this.world = world;
        this.partition = partition;
        open();
    }

    private void open() {
        runner = new SinkRunner(world.fromEtcd, partition, group, deadLetters, false);
        task = world.postgres.sink(runner.context(), new TopicPartition(world.fromEtcd.name(), partition));
    }

    public void run(int max) {
        for (int i = 0; i < (world.has(Flag.NO_BLIND) ? max : 1); i++) {
            runner.deliver(task, world.has(Flag.NO_BLIND) ? 1 : max);
        }
    }

    public void runAll() {
        for (int i = 0; i < 1_000 && (i == 0 || !runner.isAtEnd()); i++) {
            runner.deliver(task, world.has(Flag.NO_BLIND) ? 1 : 500);
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

    boolean owes() {
        return world.postgres.owes(task);
    }
}
