package dev.etcdpg.pg.source;

import dev.etcdpg.core.KeyPartitioner;

/**
 * Where records go.
 *
 * @param prefix of the topics of routes
 * @param partitions over which keys are spread, at least 1
 * @param conflicts topic of the changes that lost
 */
record Topics(String prefix, int partitions, String conflicts) {

    /** What speaks of no key travels in the first partition. */
    static final int KEYLESS_PARTITION = 0;

    String of(String route) {
        return prefix + "." + route;
    }

    int partition(String key) {
        return key == null ? KEYLESS_PARTITION : KeyPartitioner.partition(key, partitions);
    }
}
