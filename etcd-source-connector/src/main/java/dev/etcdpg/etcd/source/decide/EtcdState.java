package dev.etcdpg.etcd.source.decide;

/**
 * What a linearizable read of the epoch key found.
 *
 * @param epoch 0 if the key is missing or holds no number
 * @param epochRevision mod_revision of the epoch key, 0 if it is missing
 * @param revision etcd's revision
 * @param cluster cluster id, unsigned and in hexadecimal
 */
public record EtcdState(long epoch, long epochRevision, long revision, String cluster) {}
