package dev.etcdpg.etcd.bookkeeping;

/**
 * Result of a linearizable read of the epoch key.
 *
 * @param epoch 0 if the key is missing or holds no number
 * @param epochRevision mod_revision of the epoch key; 0 if it is missing
 * @param revision etcd's current revision
 * @param cluster cluster id, unsigned and hexadecimal
 * @param isEpochNew whether the epoch key was created with this epoch: there was no epoch key before
 */
public record EtcdState(long epoch, long epochRevision, long revision, String cluster, boolean isEpochNew) {}
