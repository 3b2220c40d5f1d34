package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeyChange;
import java.util.List;

/**
 * All events of one revision.
 *
 * @param data changes of the route's keys
 * @param bookkeeping changes of the connectors' own keys
 */
public record DeliveredRevision(long revision, List<KeyChange> data, List<KeyChange> bookkeeping) {}
