package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Route;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.Segment;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** Applies segments, and remembers how far each topic partition is applied. */
public interface SegmentStore {

    /**
     * Applies segments of different topic partitions in one transaction.
     *
     * @param retry whether the segments contain deferred inputs, so that another transaction is likely to be in the way
     * @return the new states of the partitions, in the order of the segments
     * @throws SQLException if nothing was applied; the session may be unusable
     */
    List<PartitionState> apply(List<Segment> segments, boolean retry) throws SQLException;

    /**
     * Loads the state of a partition as of the last commit.
     *
     * @return the state, whose position is -1 if the partition was never seen
     * @throws SQLException if the database cannot be read; the session may be unusable
     */
    PartitionState load(TopicPartition partition, Route route) throws SQLException;
}
