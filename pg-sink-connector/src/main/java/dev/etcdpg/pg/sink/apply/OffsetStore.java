package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Where the sink stands, kept in the same transactions as what it applies. */
final class OffsetStore {

    private record Link(TopicPartition partition, KeyRange range, long number) {}

    private OffsetStore() {}

    /** The lane as it was committed last; its position is -1 if the partition was never seen. */
    static PartitionState load(SinkSession session, TopicPartition partition, Route route) throws SQLException {
        List<Long> next = session.sql("load_offset")
                .add(partition.topic())
                .add(partition.partition())
                .list(row -> row.getLong(1));
        Map<KeyRange, Long> chain = new HashMap<>();
        session.sql("load_chain")
                .add(partition.topic())
                .add(partition.partition())
                .list(row -> chain.put(new KeyRange(row.getString(1), row.getString(2)), row.getLong(3)));
        Map<KeyRange, UntrustedRange> blind = new HashMap<>();
        session.sql("load_blind")
                .add(route.name())
                .add(partition.partition())
                .list(row -> blind.put(
                        new KeyRange(row.getString(1), row.getString(2)),
                        new UntrustedRange(row.getLong(3), row.getLong(4), row.getLong(5))));
        return new PartitionState(partition, route, next.isEmpty() ? -1 : next.get(0), chain, blind);
    }

    static void save(SinkSession session, List<PartitionState> lanes) throws SQLException {
        List<PartitionState> placed =
                lanes.stream().filter(lane -> lane.unapplied() >= 0).toList();
        if (!placed.isEmpty()) {
            session.sql("save_offsets")
                    .texts(placed, lane -> lane.partition().topic())
                    .integers(placed, lane -> lane.partition().partition())
                    .numbers(placed, PartitionState::unapplied)
                    .update();
        }
        List<Link> links = lanes.stream()
                .flatMap(lane -> lane.appliedChain().entrySet().stream()
                        .map(e -> new Link(lane.partition(), e.getKey(), e.getValue())))
                .toList();
        if (!links.isEmpty()) {
            session.sql("save_chain")
                    .texts(links, link -> link.partition().topic())
                    .integers(links, link -> link.partition().partition())
                    .texts(links, link -> link.range().after())
                    .texts(links, link -> link.range().through())
                    .numbers(links, Link::number)
                    .update();
        }
    }
}
