package dev.etcdpg.etcd.kv;

import java.util.List;

/**
 * Result of an {@link EtcdTransaction}.
 *
 * @param succeeded whether the conditions held
 * @param revision etcd's revision at the commit: the mod_revision of everything that the transaction wrote
 * @param read results of the reads in the branch that was taken, in their order
 */
public record TransactionResult(boolean succeeded, long revision, List<EtcdKeyState> read) {}
