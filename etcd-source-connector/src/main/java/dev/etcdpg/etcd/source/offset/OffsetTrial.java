package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.EtcdSourceConfig;
import dev.etcdpg.etcd.source.partition.Layouts;
import dev.etcdpg.etcd.store.EpochStore;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks offsets that a user wants to set: their shape, and that etcd can go on from them. */
public final class OffsetTrial {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetTrial.class);

    private final EtcdSourceConfig config;

    public OffsetTrial(EtcdSourceConfig config) {
        this.config = config;
    }

    /** @throws ConnectException that says what is wrong */
    public void check(Map<Map<String, ?>, Map<String, ?>> offsets) {
        for (Map.Entry<Map<String, ?>, Map<String, ?>> entry : offsets.entrySet()) {
            SourceOffset.checkPartition(entry.getKey());
            String name = SourceOffset.route(entry.getKey());
            Route route = config.routes().stream()
                    .filter(candidate -> candidate.name().equals(name))
                    .findFirst()
                    .orElse(null);
            if (entry.getValue() == null) {
                deleted(route);
            } else if (route == null) {
                throw new ConnectException("The connector has no route " + name + ".");
            } else {
                check(
                        route,
                        SourceOffset.of(entry.getValue(), config.getInt(EtcdSourceConfig.PARTITIONS)),
                        entry.getValue().size() == 1);
            }
        }
    }

    private void deleted(Route route) {
        if (route == null) {
            return;
        }
        try {
            new Layouts(config, Clock.systemUTC()).forgetFormer(route);
        } catch (EtcdFailure e) {
            // then all offsets should be deleted, and mostly are
            LOG.warn("Offsets of earlier ranges of route {} may still be used: {}", route.name(), e.getMessage());
        }
    }

    private void check(Route route, SourceOffset offset, boolean revisionAlone) {
        long now = TimeUnit.MILLISECONDS.toMicros(Clock.systemUTC().millis());
        for (long number : offset.numbers()) {
            if (number > now) {
                throw new ConnectException("The offset's chain number " + number + " lies in the future.");
            }
        }
        if (revisionAlone && offset.revision() < 1) {
            throw new ConnectException(
                    "The offset's revision must be at least 1. To begin with a snapshot, delete the " + "offsets.");
        }
        try (EtcdGateway etcd = EtcdGateway.open(config.etcd())) {
            EtcdState state = new EpochStore(etcd, config.etcd().bookkeepingKeys()).state();
            long highest = Math.max(offset.revision(), offset.snapshot());
            if (highest > state.revision()) {
                throw new ConnectException(
                        "Revision " + highest + " is ahead of etcd, which is at " + state.revision() + ".");
            }
            if (offset.epoch() > state.epoch()) {
                throw new ConnectException(
                        "Epoch " + offset.epoch() + " is ahead of etcd's, which is " + state.epoch() + ".");
            }
            if (offset.revision() > 0) {
                etcd.range(
                        "reading at revision " + offset.revision(),
                        KeySpan.prefix(route.prefix()),
                        offset.revision(),
                        1);
            }
        } catch (EtcdFailure e) {
            throw new ConnectException(
                    e.kind() == EtcdFailure.Kind.COMPACTED
                            ? "Revision " + offset.revision()
                                    + " was compacted: etcd can not replay from there. Delete the "
                                    + "offsets to begin with a snapshot."
                            : "The offset can not be checked, because etcd does not answer: " + e.getMessage(),
                    e);
        }
    }
}
