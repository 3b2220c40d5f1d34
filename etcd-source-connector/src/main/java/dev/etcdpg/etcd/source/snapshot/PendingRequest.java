package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.KeyChange;

/**
 * A request for a snapshot that concerns this reader.
 *
 * @param key the request key
 * @param requested the keys that are requested
 * @param keys the requested keys that belong to this reader
 */
record PendingRequest(KeyChange key, long number, KeyRange requested, KeyRange keys) {

    long revision() {
        return key.modRevision();
    }
}
