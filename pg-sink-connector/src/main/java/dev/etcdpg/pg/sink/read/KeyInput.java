package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.record.Chain;
import dev.etcdpg.pg.sink.resolve.Input;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * One input of one key, and the record that brought it.
 *
 * @param chain chain of the record
 * @param offset offset of the record
 * @param record the record as delivered; for {@link Input.Read}, the record of the manifest; null if it cannot become a dead letter, because
 *     later inputs of the key decide about the row
 */
public record KeyInput(String key, Input input, Chain chain, long offset, @Nullable SinkRecord record) {

    /** Estimated size of an input without its key, its value and its record. */
    private static final long OVERHEAD_BYTES = 200;

    public KeyInput(String key, Input input, Chain chain, SinkRecord record) {
        this(key, input, chain, record.kafkaOffset(), record);
    }

    /** Returns the inputs without their records, in the same order. */
    public static List<Input> inputs(List<KeyInput> inputs) {
        return inputs.stream().map(KeyInput::input).toList();
    }

    KeyInput withoutRecord() {
        return new KeyInput(key, input, chain, offset, null);
    }

    /** Returns the estimated size in memory, in bytes. */
    long bytes() {
        String value = input instanceof Input.Observed seen ? seen.value() : null;
        long size = OVERHEAD_BYTES + 2L * key.length() + (value == null ? 0 : 2L * value.length());
        return record == null ? size : 2 * size;
    }

    /** Returns the same input, with its value replaced by a value that PostgreSQL cannot store. */
    public KeyInput unrepresentable() {
        return input instanceof Input.Observed seen && seen.content().isValue()
                ? new KeyInput(
                        key,
                        Input.Observed.unrepresentable(seen.at(), seen.lease(), seen.snapshotRevision()),
                        chain,
                        offset,
                        record)
                : this;
    }
}
