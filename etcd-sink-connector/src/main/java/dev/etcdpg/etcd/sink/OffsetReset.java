package dev.etcdpg.etcd.sink;

import io.etcd.jetcd.ByteSequence;
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

    private final EtcdStore store;
    private final Bookkeeping bookkeeping;

    OffsetReset(EtcdStore store, Bookkeeping bookkeeping) {
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
    void set(ByteSequence key, Long offset) {
        boolean done = false;
        while (!done) {
            Found found = store.read(List.of(key)).get(0);
            if (!found.isPresent() && offset == null) {
                return;
            }
            Progress there =
                    found.isPresent() ? Progress.parse(Bytes.text(key), found.value()) : Progress.startingAt(0);
            Progress wanted = there.withNext(offset == null ? 0 : offset).by(null);
            done = bookkeeping
                    .write(key, found.modRevision(), wanted, Bookkeeping.SAME_EPOCH, "")
                    .isPresent();
        }
    }

    static void run(EtcdSinkConfig config, Map<TopicPartition, Long> offsets) {
        validate(offsets);
        try (EtcdStore store =
                new EtcdStore(config.etcd().newClient(), config.etcd().requestTimeout())) {
            Bookkeeping bookkeeping =
                    new Bookkeeping(store, Bytes.of(config.keys().epoch()), Clock.systemUTC());
            OffsetReset reset = new OffsetReset(store, bookkeeping);
            offsets.forEach((partition, offset) ->
                    reset.set(Bytes.of(config.keys().progress(partition.topic(), partition.partition())), offset));
        } catch (EtcdFailure e) {
            throw new ConnectException(
                    "The progress keys in etcd could not be set: " + e.getMessage() + ". Try again.", e);
        }
    }
}
