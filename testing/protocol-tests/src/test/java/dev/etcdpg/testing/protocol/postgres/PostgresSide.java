package dev.etcdpg.testing.protocol.postgres;

import dev.etcdpg.core.Revision;
import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.apache.kafka.connect.source.SourceRecord;

/** The PostgreSQL of a world: the mirrored table with its triggers, dispatch, and the tasks of the connectors. */
public interface PostgresSide extends AutoCloseable {

    /** A write of an application. @param value null for a deletion */
    record Write(String key, String value) {}

    /** A row of the table. */
    record Row(String value, long modRevision) {}

    /** The mirrored state of a key. */
    record Mirrored(Revision at, String value, boolean isUnrepresentable) {}

    /** An applied revision. @param confirms whether it confirms a local change */
    record Applied(String key, Revision at, String value, boolean confirms, boolean snapshot) {}

    /** The content of the database. @param mirror the mirrored state of the present keys */
    record Contents(
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

    /** Returns the name of this database in its records. A copy has another name, and the same origin. */
    String database();

    /** Returns a copy of the database. */
    PostgresSide copy();

    /** Accepts a source again that another source has replaced. The sink tasks must be started again. */
    void acceptSource(String name);

    /** Takes an origin of its own. The tasks must be started again, without stored offsets. */
    void becomeOriginal();

    /** Executes and commits a transaction of an application. */
    void transact(List<Write> writes);

    /**
     * Begins a transaction of an application that changes a row. {@link #end} ends the transaction.
     *
     * @return false if another transaction is open
     */
    boolean open(Write write);

    boolean isOpen();

    void end(boolean commit);

    /** @param skipsForeignSources whether the task skips records of a foreign source; otherwise it fails */
    SinkRunner.Task sink(SinkTaskContext context, TopicPartition partition, boolean skipsForeignSources);

    /** Whether a sink task waits for the time of its next action. */
    boolean owesWork(SinkRunner.Task sink);

    /** @param stored the offset to start at, or null */
    Source source(Map<String, ?> stored);

    void dispatch();

    /**
     * Removes old entries of the history.
     *
     * @param keep number of the newest entries of each key that stay; 0 for those that must stay
     */
    void prune(int keep);

    /** Requests a snapshot of the whole prefix. */
    void resync();

    /**
     * Decides all held changes.
     *
     * @param postgres whether the changes are sent again; otherwise they are lost
     * @return whether any change was held
     */
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

    /** Returns the id of the change in flight with a send number, or 0. */
    long change(String key, long send);

    /** Returns the value that was applied at a revision of a key, also if retention has removed it, in the last epoch that is not after the revision's epoch. */
    String applied(String key, Revision at);

    /** Grows with every change of the database. */
    long version();

    Contents contents();

    @Override
    void close();
}
