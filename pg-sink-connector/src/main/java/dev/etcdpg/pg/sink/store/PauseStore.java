package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.sink.read.PartitionState;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** {@code etcd_sink_pause}: topic partitions in which records wait for long, and the processes and prepared transactions that cause it. Each method is a transaction. */
public final class PauseStore {

    private final SinkSession session;

    public PauseStore(SinkSession session) {
        this.session = session;
    }

    /**
     * Returns the server processes and prepared transactions that have locked the row of a key, for example {@code process 12345}. If none has, for
     * example because the row was inserted and is not committed, returns those that have locked the table.
     */
    public List<String> holders(MirroredTable table, String key) throws SQLException {
        List<String> holders = holders(session.on(table, "row_holders").set("key", key));
        if (holders.isEmpty()) {
            holders = sharedHolders(table, key);
        }
        return holders.isEmpty() ? holders(session.sql("table_holders").set("table", table.name())) : holders;
    }

    /** Returns those that share the lock of a row. The server refuses the question if only one transaction has locked the row. */
    private List<String> sharedHolders(MirroredTable table, String key) throws SQLException {
        try {
            return holders(session.on(table, "shared_row_holders").set("key", key));
        } catch (SQLException e) {
            session.rollback();
            if (SqlFaults.isTransient(e)) {
                throw e;
            }
            return List.of();
        }
    }

    private List<String> holders(SqlStatement statement) throws SQLException {
        session.settle();
        List<String> found = statement.list(row -> row.getString("holder"));
        session.rollback();
        return found;
    }

    public void save(PartitionState state, String key, List<String> holders) throws SQLException {
        session.settle();
        of(state.partition(), session.sql("save_pause"))
                .set("route", state.route().name())
                .set("key", key)
                .texts("holders", holders)
                .set("records", state.deferred().size())
                .set("bytes", state.deferred().bytes())
                .run();
        session.commit();
    }

    public void delete(TopicPartition partition) throws SQLException {
        session.settle();
        of(partition, session.sql("delete_pause")).run();
        session.commit();
    }

    private static SqlStatement of(TopicPartition partition, SqlStatement statement) {
        return statement.set("topic", partition.topic()).set("partition", partition.partition());
    }
}
