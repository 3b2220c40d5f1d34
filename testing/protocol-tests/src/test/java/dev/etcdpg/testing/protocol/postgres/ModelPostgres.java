package dev.etcdpg.testing.protocol.postgres;

import dev.etcdpg.core.Revision;
import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.apache.kafka.connect.source.SourceRecord;

/** The PostgreSQL side of a world: the mirrored table with its triggers, dispatch, and the tasks that work on it. */
public interface ModelPostgres extends AutoCloseable {

    /** @param value null deletes */
    record Write(String key, String value) {}

    /** A row of the table. */
    record Row(String value, long modRevision) {}

    /** What is mirrored of a key. */
    record Mirrored(Revision at, String value, boolean isUnrepresentable) {}

    /** A revision applied. @param confirms whether it is a local change */
    record Applied(String key, Revision at, String value, boolean confirms, boolean snapshot) {}

    /** What a look at the database finds. @param mirror of keys that live */
    record Look(
            Map<String, Row> rows,
            Map<String, Mirrored> mirror,
            List<Applied> history,
            Set<String> pending,
            Set<String> held,
            long conflicts,
            long requests) {}

    /** A source task. */
    interface Source extends AutoCloseable {

        List<SourceRecord> poll();

        List<SourceRecord> heartbeats();

        Map<String, ?> offset();

        @Override
        void close();
    }

    String origin();

    /** A transaction of an application. */
    void transact(List<Write> writes);

    /** An application locks the row of a key, changes it and does not commit yet. @return false if it cannot now */
    boolean open(Write write);

    boolean isOpen();

    void end(boolean commit);

    SinkRunner.Task sink(SinkTaskContext context, TopicPartition partition);

    /** Whether something of a sink task waits for time to pass. */
    boolean owes(SinkRunner.Task sink);

    /** @param stored offset to begin at, null for none */
    Source source(Map<String, ?> stored);

    void dispatch();

    /** Asks for a snapshot of everything. */
    void resync();

    /** Gives up, or sends again, what is held. @return whether anything was */
    boolean resolve(boolean postgres);

    /**
     * Makes the sink's next transaction fail.
     *
     * @param before whether the transaction fails before it is committed; otherwise it is committed, and the sink does not know
     */
    void failNext(boolean before);

    boolean hasBackup();

    void backUp();

    /** Goes back to the last backup. */
    void restore();

    /** Returns the violations of "every local change has one outcome". */
    List<String> outcomes();

    /** Whether a change lost to its own event, so that the event moved the row back. */
    boolean flickers();

    /** Id of the change that is sent under a number, 0 if it is not any more. */
    long change(String key, long send);

    /** The value that was applied as of a revision of a key: of the last epoch up to the revision's. */
    String applied(String key, Revision at);

    /** Grows with every change of the database. */
    long version();

    Look look();

    @Override
    void close();
}
