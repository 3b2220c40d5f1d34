package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeyChange;
import java.util.List;

/**
 * A whole revision.
 *
 * @param data what became of the route's keys
 * @param bookkeeping what became of the connectors' own
 */
public record Delivery(long revision, List<KeyChange> data, List<KeyChange> bookkeeping) {}
