package dev.etcdpg.etcd.source.decide;

/**
 * What etcd says of a key at a revision, as bytes.
 *
 * @param value null if the key was deleted
 * @param modRevision revision of the put or of the delete
 * @param createRevision 0 for a delete, as are version and lease
 */
public record KeyChange(byte[] key, byte[] value, long modRevision, long createRevision, long version, long lease) {

    /** Bytes for which an event counts once more, where events are counted to bound memory. */
    public static final int BYTES_OF_ONE = 8_192;

    /** How often it counts: a large value as much as many small ones. At least 1. */
    public int weight() {
        return 1 + (key.length + (value == null ? 0 : value.length)) / BYTES_OF_ONE;
    }

    public boolean isDelete() {
        return value == null;
    }
}
