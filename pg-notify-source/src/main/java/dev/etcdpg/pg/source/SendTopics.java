package dev.etcdpg.pg.source;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.OwnTopics;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Topics and partitions of the records.
 *
 * @param prefix topics of routes are {@code <prefix>.<route>}
 * @param partitions number of partitions over which keys are spread, at least 1
 * @param conflicts topic of the changes that lost
 */
public record SendTopics(String prefix, int partitions, String conflicts) {

    /** Partition of the records that are not about one key. */
    private static final int KEYLESS_PARTITION = 0;

    String of(Route route) {
        return route.topic(prefix);
    }

    /** Returns why the conflicts topic cannot have its name; empty if it can. */
    Optional<String> conflictsMistake(List<Route> routes) {
        return OwnTopics.mistake(NotifySourceConfig.CONFLICTS_TOPIC, conflicts, routes, prefix);
    }

    int partition(@Nullable String key) {
        return key == null ? KEYLESS_PARTITION : KeyPartitioner.partition(key, partitions);
    }
}
