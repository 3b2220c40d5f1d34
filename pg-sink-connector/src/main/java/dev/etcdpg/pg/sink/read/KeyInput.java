package dev.etcdpg.pg.sink.read;

import dev.etcdpg.pg.sink.resolve.Input;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * One input of one key, and the record that brought it.
 *
 * @param record the record as delivered; that of the manifest for {@link Input.Read}
 */
public record KeyInput(String key, Input input, SinkRecord record) {

    public long offset() {
        return record.kafkaOffset();
    }

    /** The same input, with a value that PostgreSQL cannot store in the place of its value. */
    public KeyInput unrepresentable() {
        return input instanceof Input.Observed seen && seen.content().isValue()
                ? new KeyInput(
                        key, Input.Observed.unrepresentable(seen.at(), seen.lease(), seen.snapshotRevision()), record)
                : this;
    }
}
