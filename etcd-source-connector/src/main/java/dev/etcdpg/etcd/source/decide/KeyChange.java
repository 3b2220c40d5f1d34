package dev.etcdpg.etcd.source.decide;

/**
 * What etcd says of a key at a revision, as bytes.
 *
 * @param value null if the key was deleted
 * @param modRevision revision of the put or of the delete
 * @param createRevision 0 for a delete, as are version and lease
 */
public record KeyChange(byte[] key, byte[] value, long modRevision, long createRevision, long version, long lease) {

    public boolean isDelete() {
        return value == null;
    }
}
