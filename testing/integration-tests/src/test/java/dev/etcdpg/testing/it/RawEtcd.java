package dev.etcdpg.testing.it;

import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An etcd client for arbitrary bytes: each byte of a key or value is a character (ISO 8859-1). */
final class RawEtcd implements AutoCloseable {
    private static final int KEYS_OF_A_TRANSACTION = 100;
    private static final int BYTES_OF_A_TRANSACTION = 1_000_000;

    /** A value and the revision of its last change. */
    record Held(String value, long modRevision, long lease) {}

    private final TestEtcdClient client;

    RawEtcd(Etcd etcd) {
        client = new TestEtcdClient(etcd.endpoint());
    }

    /** Puts the entries in order, several in a transaction. */
    void put(List<HostileEntry> entries) {
        List<Op> puts = new ArrayList<>();
        int bytes = 0;
        for (HostileEntry entry : entries) {
            int size = entry.key().length() + entry.value().length();
            if (puts.size() == KEYS_OF_A_TRANSACTION || bytes + size > BYTES_OF_A_TRANSACTION) {
                commit(puts);
                bytes = 0;
            }
            puts.add(Op.put(bytes(entry.key()), bytes(entry.value()), PutOption.DEFAULT));
            bytes += size;
        }
        commit(puts);
    }

    private void commit(List<Op> operations) {
        client.commit(operations);
        operations.clear();
    }

    /**
     * @param lease 0 for none
     * @return false if etcd says that the request is too large
     */
    boolean put(String key, String value, long lease) {
        try {
            client.put(bytes(key), bytes(value), lease);
            return true;
        } catch (IllegalStateException e) {
            if (e.getMessage().contains("request is too large")) {
                return false;
            }
            throw e;
        }
    }

    void put(String key, String value) {
        client.put(bytes(key), bytes(value), 0);
    }

    void delete(List<String> keys) {
        List<Op> deletes = new ArrayList<>();
        for (String key : keys) {
            deletes.add(Op.delete(bytes(key), DeleteOption.DEFAULT));
            if (deletes.size() == KEYS_OF_A_TRANSACTION) {
                commit(deletes);
            }
        }
        commit(deletes);
    }

    long grant(long seconds) {
        return client.grant(Duration.ofSeconds(seconds));
    }

    void revoke(long lease) {
        client.revoke(lease);
    }

    /** Returns the entries below the prefix, of one revision. */
    Map<String, Held> all(String prefix) {
        Map<String, Held> all = new HashMap<>();
        for (KeyValue kv : client.list(bytes(prefix))) {
            all.put(raw(kv.getKey()), new Held(raw(kv.getValue()), kv.getModRevision(), kv.getLease()));
        }
        return all;
    }

    /** Compacts the history before the present revision. */
    void compact() {
        client.compact(client.revision());
    }

    private static ByteSequence bytes(String raw) {
        return ByteSequence.from(HostileEntry.bytes(raw));
    }

    private static String raw(ByteSequence bytes) {
        return HostileEntry.of(bytes.getBytes());
    }

    @Override
    public void close() {
        client.close();
    }
}
