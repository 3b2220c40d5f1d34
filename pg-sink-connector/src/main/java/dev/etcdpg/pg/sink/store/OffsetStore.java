package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.pg.client.Identifiers;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.client.Statements;
import dev.etcdpg.pg.sink.read.KnownSources;
import dev.etcdpg.pg.sink.read.PartitionState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * {@code etcd_sink_offset}, {@code etcd_sink_chain} and {@code etcd_sink_source}: how far the sink has come in each topic partition, and who has
 * written the partition.
 */
public final class OffsetStore {

    private record Position(TopicPartition partition, long next) {}

    private record Link(TopicPartition partition, KeyRange range, long number, Revision reached) {}

    private final SinkSession session;

    public OffsetStore(SinkSession session) {
        this.session = session;
    }

    /** Yields the offset of the next record; -1 if the partition was never seen. */
    public Pipeline.Result<Long> loadPosition(Pipeline pipeline, TopicPartition partition) {
        return pipeline.first(of(partition, session.sql("load_offset")), row -> row.getLong("next_offset"), -1L);
    }

    /** Yields the number of the last applied record of each sender, by the range of the sender. */
    public Pipeline.Result<Map<KeyRange, Long>> loadChain(Pipeline pipeline, TopicPartition partition) {
        return pipeline.map(
                of(partition, session.sql("load_chain")),
                row -> new KeyRange(row.getString("after_key"), row.getString("through_key")),
                row -> row.getLong("last_number"));
    }

    /** Yields the sources that have written a partition, see {@link KnownSources#all()}. */
    public Pipeline.Result<Map<KnownSources.Identity, Long>> loadSources(Pipeline pipeline, TopicPartition partition) {
        return pipeline.map(
                of(partition, session.sql("load_sources")),
                row -> new KnownSources.Identity(row.getString("name"), row.getString("cluster_id")),
                row -> row.getLong("through_number"));
    }

    /** Saves how far everything was applied. */
    public void save(Pipeline pipeline, List<PartitionState> states) throws SQLException {
        List<Position> positions = states.stream()
                .filter(state -> state.firstUnapplied() >= 0)
                .map(state -> new Position(state.partition(), state.firstUnapplied()))
                .toList();
        if (!positions.isEmpty()) {
            pipeline.add(positions(session.sql("save_offsets"), positions));
        }
        List<Link> links = states.stream()
                .flatMap(state -> state.appliedChain().entrySet().stream()
                        .map(e -> new Link(state.partition(), e.getKey(), e.getValue(), state.reached(e.getKey()))))
                .toList();
        if (!links.isEmpty()) {
            pipeline.add(session.sql("save_chain")
                    .texts("topic", links, link -> link.partition().topic())
                    .integers("partition", links, link -> link.partition().partition())
                    .texts("after_key", links, link -> link.range().after())
                    .texts("through_key", links, link -> link.range().through())
                    .numbers("last_number", links, Link::number)
                    .numbers("reached_epoch", links, link -> link.reached().epoch())
                    .numbers("reached_revision", links, link -> link.reached().revision()));
        }
        for (PartitionState state : states) {
            if (state.sources().isChanged()) {
                saveSources(pipeline, state);
            }
        }
    }

    private void saveSources(Pipeline pipeline, PartitionState state) throws SQLException {
        List<Map.Entry<KnownSources.Identity, Long>> sources =
                List.copyOf(state.sources().all().entrySet());
        pipeline.add(of(state.partition(), session.sql("save_sources"))
                .texts("name", sources, source -> source.getKey().name())
                .texts("cluster_id", sources, source -> source.getKey().clusterId())
                .numbers("through_number", sources, Map.Entry::getValue));
    }

    /**
     * Sets offsets that a user has altered, in a transaction of its own. Does nothing if the tables do not exist, because the sink has never
     * run.
     *
     * @param connection remains open; the caller closes it
     * @param schema bookkeeping schema
     * @param offsets new offset of each partition. A null offset is forgotten, so that the position of the consumer group applies
     */
    public static void alter(Connection connection, String schema, Map<TopicPartition, @Nullable Long> offsets)
            throws SQLException {
        Statements sql = new Statements(connection, SinkSession.SQL);
        connection.setAutoCommit(false);
        sql.of("search_path").set("search_path", Identifiers.searchPath(schema)).run();
        if (!sql.of("installed").one(row -> row.getBoolean("tables"))) {
            return;
        }
        for (Map.Entry<TopicPartition, @Nullable Long> entry : offsets.entrySet()) {
            Long offset = entry.getValue();
            if (offset == null) {
                of(entry.getKey(), sql.of("delete_offset")).run();
            } else {
                positions(sql.of("save_offsets"), List.of(new Position(entry.getKey(), offset)))
                        .run();
            }
        }
        connection.commit();
    }

    private static SqlStatement of(TopicPartition partition, SqlStatement statement) {
        return statement.set("topic", partition.topic()).set("partition", partition.partition());
    }

    private static SqlStatement positions(SqlStatement statement, List<Position> positions) throws SQLException {
        return statement
                .texts("topic", positions, p -> p.partition().topic())
                .integers("partition", positions, p -> p.partition().partition())
                .numbers("next_offset", positions, Position::next);
    }
}
