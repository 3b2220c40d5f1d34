package dev.etcdpg.pg.sink.read;

import dev.etcdpg.pg.sink.resolve.Input;
import java.util.List;
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

    /** Returns the inputs without their records, in the same order. */
    public static List<Input> inputs(List<KeyInput> inputs) {
        return inputs.stream().map(KeyInput::input).toList();
    }

    /** Returns the same input, with its value replaced by a value that PostgreSQL cannot store. */
    public KeyInput unrepresentable() {
        return input instanceof Input.Observed seen && seen.content().isValue()
                ? new KeyInput(
                        key, Input.Observed.unrepresentable(seen.at(), seen.lease(), seen.snapshotRevision()), record)
                : this;
    }
}
