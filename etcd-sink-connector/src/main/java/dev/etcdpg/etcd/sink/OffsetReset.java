package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeyState;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Sets the offsets in the progress keys when the user sets the connector's. The numbers passed stay: what was done of a database is not done
 * again, and numbers left out are noticed as a loss.
 */
final class OffsetReset {

    private final EtcdGateway store;
    private final Bookkeeping bookkeeping;

    OffsetReset(EtcdGateway store, Bookkeeping bookkeeping) {
        this.store = store;
        this.bookkeeping = bookkeeping;
    }

    /** @throws ConnectException if one of them is not an offset, before anything is changed */
    static void validate(Map<TopicPartition, Long> offsets) {
        offsets.forEach((partition, offset) -> {
            if (offset != null && offset < 0) {
                throw new ConnectException("The offset of " + partition + " must not be negative: " + offset + ".");
            }
        });
    }

    /** @param offset null to begin at the start of the topic */
    void set(EtcdBytes key, Long offset) {
        boolean done = false;
        while (!done) {
            KeyState found = store.read("reading a progress key", List.of(key)).get(0);
            if (!found.isPresent() && offset == null) {
                return;
            }
            SinkProgress there =
                    found.isPresent() ? SinkProgress.parse(key.text(), found.value()) : SinkProgress.startingAt(0);
            SinkProgress wanted = there.withNext(offset == null ? 0 : offset).by(null);
            done = bookkeeping
                    .write(key, found.modRevision(), wanted, Bookkeeping.SAME_EPOCH, "")
                    .isPresent();
        }
    }

    static void run(EtcdSinkConfig config, Map<TopicPartition, Long> offsets) {
        validate(offsets);
        try (EtcdGateway store = EtcdGateway.open(config.etcd())) {
            Bookkeeping bookkeeping =
                    new Bookkeeping(store, EtcdBytes.of(config.keys().epoch()), Clock.systemUTC());
            OffsetReset reset = new OffsetReset(store, bookkeeping);
            offsets.forEach((partition, offset) ->
                    reset.set(EtcdBytes.of(config.keys().progress(partition.topic(), partition.partition())), offset));
        } catch (EtcdFailure e) {
            throw new ConnectException(
                    "The progress keys in etcd could not be set: " + e.getMessage() + ". Try again.", e);
        }
    }
}
