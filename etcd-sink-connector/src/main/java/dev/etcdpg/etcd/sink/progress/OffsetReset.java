package dev.etcdpg.etcd.sink.progress;

import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.sink.metrics.EtcdSinkMetrics;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Sets the offsets in the progress keys when the user alters the offsets of the connector. The keys keep the numbers that were passed, so the
 * sink does not repeat changes of a database, and treats skipped numbers as a loss.
 */
public final class OffsetReset {

    private final ProgressWriter writer;
    private final BookkeepingKeys keys;

    public OffsetReset(EtcdGateway etcd, BookkeepingKeys keys) {
        this.writer = new ProgressWriter(etcd, EtcdBytes.of(keys.epoch()), Clock.systemUTC(), EtcdSinkMetrics.hidden());
        this.keys = keys;
    }

    /**
     * Checks the offsets. Changes nothing.
     *
     * @throws ConnectException if one of them is negative
     */
    public static void validate(Map<TopicPartition, Long> offsets) {
        offsets.forEach((partition, offset) -> {
            if (offset != null && offset < 0) {
                throw new ConnectException("The offset of " + partition + " must not be negative: " + offset + ".");
            }
        });
    }

    /**
     * Sets the offsets.
     *
     * @param offsets a null offset stands for the beginning of the topic
     * @throws ConnectException if etcd did not execute every request; the call can be repeated
     */
    public void run(Map<TopicPartition, Long> offsets) {
        try {
            offsets.forEach((partition, offset) ->
                    set(EtcdBytes.of(keys.progress(partition.topic(), partition.partition())), offset));
        } catch (EtcdFailure e) {
            throw new ConnectException(
                    "Cannot set the progress keys in etcd: " + e.getMessage() + ". Repeat the request.", e);
        }
    }

    private void set(EtcdBytes key, @Nullable Long offset) {
        boolean done = false;
        while (!done) {
            EtcdKeyState found = writer.read(key);
            if (!found.isPresent() && offset == null) {
                return;
            }
            SinkProgress there =
                    found.isPresent() ? SinkProgress.parse(key.text(), found.value()) : SinkProgress.startingAt(0);
            SinkProgress wanted = there.withNext(offset == null ? 0 : offset).by(null);
            done = writer.write(key, found.modRevision(), wanted, EpochChange.NONE)
                    .isPresent();
        }
    }
}
