package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import dev.etcdpg.testing.protocol.run.Flag;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;

/** The Connect worker with the PostgreSQL sink's task of one topic partition. */
public final class PgSinkWorker {

    private final World world;
    private final int partition;
    private final List<SinkRecord> deadLetters = new ArrayList<>();
    private SinkRunner runner;
    private SinkRunner.Task task;
    private long group;
    private boolean skipsForeignSources;

    PgSinkWorker(World world, int partition) {
        this.world = world;
        this.partition = partition;
        open();
    }

    private void open() {
        runner = new SinkRunner(world.fromEtcd, partition, group, deadLetters, false);
        task = world.postgres.sink(
                runner.context(), new TopicPartition(world.fromEtcd.name(), partition), skipsForeignSources);
    }

    public void run(int max) {
        for (int i = 0; i < (world.has(Flag.NO_DISTRUST) ? max : 1); i++) {
            deliver(world.has(Flag.NO_DISTRUST) ? 1 : max);
        }
    }

    public void runAll() {
        for (int i = 0; i < 1_000 && (i == 0 || !runner.isAtEnd()); i++) {
            deliver(world.has(Flag.NO_DISTRUST) ? 1 : 500);
        }
        OffsetAndMetadata to = task.positions().get(new TopicPartition(world.fromEtcd.name(), partition));
        group = to == null ? group : to.offset();
    }

    /**
     * Plays the operator when the task refuses a source. If this is the source of the route, it is accepted again. Otherwise the task skips the
     * source's records.
     */
    private void deliver(int max) {
        try {
            runner.deliver(task, max);
        } catch (ConnectException e) {
            boolean expected = world.has(Flag.FOREIGN_SOURCE) || world.has(Flag.SECOND_SOURCE);
            if (!expected || !e.getMessage().contains("foreign source")) {
                throw e;
            }
            world.say("pg sink " + partition + " fails: " + e.getMessage());
            boolean ownIsRefused = e.getMessage()
                    .contains("\"" + ModelledEtcdSource.Identity.OWN.name() + "\" of etcd cluster 1 writes again");
            skipsForeignSources |= !ownIsRefused;
            world.stopSecondSource(ownIsRefused);
            task.close();
            open();
        }
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
