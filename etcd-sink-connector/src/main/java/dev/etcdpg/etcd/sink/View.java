package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeyState;
import java.util.Map;
import java.util.Set;

/**
 * What is known of etcd when a batch is decided. It may be out of date: what matters of it is compared in the transaction.
 *
 * @param epoch content of the epoch key, null if there is none
 * @param found what was read at keys; a key that is not in it was not read
 * @param goneLeases leases that etcd does not have any more
 */
record View(Long epoch, Map<EtcdBytes, KeyState> found, Set<Long> goneLeases) {

    static View of(Long epoch) {
        return new View(epoch, Map.of(), Set.of());
    }

    View withRead(Long newEpoch, Map<EtcdBytes, KeyState> newFound) {
        return new View(newEpoch, newFound, goneLeases);
    }

    View withGoneLeases(Set<Long> leases) {
        return new View(epoch, found, leases);
    }
}
