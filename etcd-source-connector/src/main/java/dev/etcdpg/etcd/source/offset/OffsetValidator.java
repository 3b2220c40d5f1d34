package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.partition.LayoutStore;
import dev.etcdpg.etcd.store.EpochStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Validates offsets that a user wants to set: their format, and whether etcd can continue from them. */
public final class OffsetValidator {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetValidator.class);

    private final EtcdGateway etcd;
    private final EpochStore epochs;
    private final LayoutStore layouts;
    private final List<Route> routes;
    private final int partitions;

    /**
     * @param routes the configured routes
     * @param partitions the configured number of partitions
     */
    public OffsetValidator(
            EtcdGateway etcd, BookkeepingKeys keys, LayoutStore layouts, List<Route> routes, int partitions) {
        this.etcd = etcd;
        this.epochs = new EpochStore(etcd, keys);
        this.layouts = layouts;
        this.routes = routes;
        this.partitions = partitions;
    }

    /**
     * Validates offsets. Deleting an offset also deletes the offsets that the ranges of its route would inherit.
     *
     * @param offsets offsets by source partition; null deletes an offset
     * @throws ConnectException if an offset is not valid; the message says why
     */
    public void validate(Map<Map<String, ?>, ? extends @Nullable Map<String, ?>> offsets) {
        offsets.forEach((partition, offset) -> {
            String name = SourcePartition.route(partition);
            Optional<Route> route = routes.stream()
                    .filter(candidate -> candidate.name().equals(name))
                    .findFirst();
            if (offset == null) {
                route.ifPresent(this::forgetInherited);
            } else {
                validate(
                        route.orElseThrow(() -> new ConnectException("The connector has no route " + name + ".")),
                        offset);
            }
        });
    }

    private void forgetInherited(Route route) {
        try {
            layouts.forgetFormerLayouts(route);
        } catch (EtcdFailure e) {
            // a user who deletes all offsets also deletes the offsets that could be inherited
            LOG.warn("Route {} may still use offsets of earlier key ranges: {}", route.name(), e.getMessage());
        }
    }

    private void validate(Route route, Map<String, ?> map) {
        SourceOffset offset = OffsetFormat.parse(map, partitions);
        long now = TimeUnit.MILLISECONDS.toMicros(Clock.systemUTC().millis());
        for (long number : offset.numbers()) {
            if (number > now) {
                throw new ConnectException("The offset's chain number " + number + " lies in the future.");
            }
        }
        if (OffsetFormat.isRevisionAlone(map) && offset.position().revision() < 1) {
            throw new ConnectException(
                    "The offset's revision must be at least 1. To begin with a snapshot, delete the offsets.");
        }
        try {
            validateAgainstEtcd(route, offset);
        } catch (EtcdFailure e) {
            throw new ConnectException(
                    e.kind() == EtcdFailure.Kind.COMPACTED
                            ? "etcd has compacted revision " + offset.position().revision()
                                    + " and cannot replay the events after it. To begin with a snapshot, delete the offsets."
                            : "Cannot validate the offset: " + e.getMessage(),
                    e);
        }
    }

    private void validateAgainstEtcd(Route route, SourceOffset offset) {
        EtcdState state = epochs.state();
        if (offset.highestRevision() > state.revision()) {
            throw new ConnectException("Revision " + offset.highestRevision() + " is ahead of etcd, which is at "
                    + state.revision() + ".");
        }
        if (offset.history().epoch() > state.epoch()) {
            throw new ConnectException(
                    "Epoch " + offset.history().epoch() + " is ahead of etcd's epoch, which is " + state.epoch() + ".");
        }
        long revision = offset.position().revision();
        if (revision > 0) {
            // fails if the revision is compacted
            etcd.range("reading at revision " + revision, KeySpan.prefix(route.prefix()), revision, 1);
        }
    }
}
