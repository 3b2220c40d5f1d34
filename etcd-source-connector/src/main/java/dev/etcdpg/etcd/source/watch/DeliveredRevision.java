package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeyChange;
import java.util.List;

/**
 * The events of one revision, or a part of them.
 *
 * @param data changes of the route's keys
 * @param bookkeeping changes of the connectors' own keys
 * @param last whether no part of this revision follows
 */
public record DeliveredRevision(long revision, List<KeyChange> data, List<KeyChange> bookkeeping, boolean last) {}
