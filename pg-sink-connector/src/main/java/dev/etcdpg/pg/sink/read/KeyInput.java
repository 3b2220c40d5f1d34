package dev.etcdpg.pg.sink.read;

import dev.etcdpg.pg.sink.resolve.Input;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * One input of one key, and the record that brought it.
 *
 * @param record the record as delivered; for {@link Input.Read}, the record of the manifest
 */
public record KeyInput(String key, Input input, SinkRecord record) {

    public long offset() {
        return record.kafkaOffset();
    }

    /** Returns the same input, with its value replaced by a value that PostgreSQL cannot store. */
    public KeyInput unrepresentable() {
        return input instanceof Input.Observed seen && seen.content().isValue()
                ? new KeyInput(
                        key, Input.Observed.unrepresentable(seen.at(), seen.lease(), seen.snapshotRevision()), record)
                : this;
    }
}
