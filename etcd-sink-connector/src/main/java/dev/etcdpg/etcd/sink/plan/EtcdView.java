package dev.etcdpg.etcd.sink.plan;

import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Knowledge of etcd's content when a batch is planned. It may be outdated: the transaction compares everything that a decision depends on.
 *
 * @param epoch value of the epoch key; empty if the key is missing or was not read
 * @param found states of keys that were read
 * @param goneLeases leases that do not exist any more
 */
public record EtcdView(OptionalLong epoch, Map<EtcdBytes, EtcdKeyState> found, Set<Long> goneLeases) {

    public static EtcdView of(OptionalLong epoch) {
        return new EtcdView(epoch, Map.of(), Set.of());
    }

    public EtcdView withRead(OptionalLong newEpoch, Map<EtcdBytes, EtcdKeyState> newFound) {
        return new EtcdView(newEpoch, newFound, goneLeases);
    }

    public EtcdView withGoneLeases(Set<Long> leases) {
        return new EtcdView(epoch, found, leases);
    }
}
