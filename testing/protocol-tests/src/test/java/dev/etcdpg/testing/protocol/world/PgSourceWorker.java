package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.testing.protocol.postgres.PostgresSide;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.source.SourceRecord;

/** The Connect worker with the notify source's task, and the offset that Connect stores for the task, with at-least-once delivery. */
public final class PgSourceWorker {

    private final World world;
    private final PostgresSide postgres;
    private PostgresSide.Source task;
    private Map<String, ?> stored;

    PgSourceWorker(World world, PostgresSide postgres) {
        this.world = world;
        this.postgres = postgres;
        this.task = postgres.source(null);
    }

    public void run() {
        task.poll().forEach(this::append);
    }

    void heartbeats() {
        task.heartbeats().forEach(this::append);
    }

    private void append(SourceRecord record) {
        if (!Objects.equals(record.topic(), world.fromPostgres.name())) {
            return; // a conflict
        }
        long offset = world.fromPostgres.append(world.wire.fromPostgres(record)).kafkaOffset();
        PgRecord read = PgRecordCodec.decode(record.value());
        if (read instanceof PgRecord.Change change && postgres == world.postgres) {
            world.sent.computeIfAbsent(
                    change.chain().number(),
                    number -> new World.Sent(
                            postgres.change(change.key(), number), postgres.applied(change.key(), change.base())));
        }
        if (!(read instanceof PgRecord.Heartbeat)) {
            world.records++;
            world.run.story.tell(
                    () -> (postgres == world.postgres ? "pg source: " : "source of the copy: ") + tell(read)
                            + " number " + read.chain().number() + " -> " + record.kafkaPartition() + ":" + offset);
        }
    }

    private static String tell(PgRecord record) {
        if (record instanceof PgRecord.Change c) {
            return "change " + c.key() + " = " + c.value() + " on " + c.base() + " of " + c.author();
        } else if (record instanceof PgRecord.Probe p) {
            return "probe " + p.key() + " of " + p.of();
        } else if (record instanceof PgRecord.Request r) {
            return "request " + r.request();
        }
        return record.getClass().getSimpleName();
    }

    void commit() {
        stored = task.offset();
    }

    /** Starts the task without its stored offset, after the database got another origin. */
    void beginAgain() {
        stored = null;
        task.close();
        task = postgres.source(null);
    }

    void crash() {
        world.say("pg source crashes");
        task.close();
        task = postgres.source(stored);
    }
}
