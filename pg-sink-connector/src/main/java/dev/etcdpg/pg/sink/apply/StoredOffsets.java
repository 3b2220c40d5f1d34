package dev.etcdpg.pg.sink.apply;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The offsets in PostgreSQL, set from outside. */
public final class StoredOffsets {

    private StoredOffsets() {}

    /** @param offsets null: forgotten, the group's position counts */
    public static void set(Connection connection, Map<TopicPartition, Long> offsets) throws SQLException {
        if (!new Query(connection, Sql.of("installed"))
                .list(row -> row.getBoolean(1))
                .get(0)) {
            return; // the sink has never run: there is nothing to forget
        }
        connection.setAutoCommit(false);
        for (Map.Entry<TopicPartition, Long> entry : offsets.entrySet()) {
            List<TopicPartition> one = List.of(entry.getKey());
            if (entry.getValue() == null) {
                new Query(connection, Sql.of("delete_offset"))
                        .add(entry.getKey().topic())
                        .add(entry.getKey().partition())
                        .update();
            } else {
                new Query(connection, Sql.of("save_offsets"))
                        .texts(one, TopicPartition::topic)
                        .integers(one, TopicPartition::partition)
                        .numbers(one, p -> entry.getValue())
                        .update();
            }
        }
        connection.commit();
    }
}
