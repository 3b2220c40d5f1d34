package dev.etcdpg.pg.sink.read;

import dev.etcdpg.pg.sink.resolve.Input;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * One thing said of one key, and the record that said it.
 *
 * @param record the record as delivered; a manifest's for {@link Input.Read}
 */
public record KeyInput(String key, Input input, SinkRecord record) {

    public long offset() {
        return record.kafkaOffset();
    }

    /** The same record, told as something that PostgreSQL cannot hold. */
    public KeyInput unrepresentable() {
        return input instanceof Input.Observed seen && seen.content().isValue()
                ? new KeyInput(
                        key, Input.Observed.unrepresentable(seen.at(), seen.lease(), seen.snapshotRevision()), record)
                : this;
    }
}
