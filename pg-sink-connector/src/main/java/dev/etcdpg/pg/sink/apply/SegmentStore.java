package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Route;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.Segment;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** Where segments are applied, and where it is kept how far that has come. */
public interface SegmentStore {

    /**
     * Applies segments of different topic partitions in one transaction.
     *
     * @param retry whether this is what was set aside: then something is likely to be in the way
     * @return the lanes to go on with
     * @throws SQLException if nothing was done; the session may be of no use any more
     */
    List<PartitionState> apply(List<Segment> segments, boolean retry) throws SQLException;

    /**
     * Where the sink stood in the partition when it committed last. Changes nothing.
     *
     * @return its position is -1 if the partition was never seen
     * @throws SQLException if the database cannot be reached or read; the session may be of no use any more
     */
    PartitionState load(TopicPartition partition, Route route) throws SQLException;
}
