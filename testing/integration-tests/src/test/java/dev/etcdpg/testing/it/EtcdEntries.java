package dev.etcdpg.testing.it;

import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.stack.Entry;
import io.etcd.jetcd.KeyValue;
import java.util.Map;
import java.util.TreeMap;

/** Reads entries of etcd in the same form as rows of the table. */
final class EtcdEntries {

    private EtcdEntries() {}

    /** Returns all entries below a prefix, of one revision, by key. */
    static Map<String, Entry> below(TestEtcdClient etcd, String prefix) {
        Map<String, Entry> entries = new TreeMap<>();
        etcd.all(prefix).forEach((key, found) -> entries.put(key, entry(key, found)));
        return entries;
    }

    private static Entry entry(String key, KeyValue found) {
        return new Entry(
                key,
                TestEtcdClient.text(found.getValue()),
                found.getCreateRevision(),
                found.getModRevision(),
                found.getVersion(),
                found.getLease());
    }
}
