package dev.etcdpg.testing.it;

import dev.etcdpg.testing.servers.Etcd;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** etcd, by bytes: each byte of a key or value is a character. */
final class RawEtcd implements AutoCloseable {
    private static final int KEYS_OF_A_TRANSACTION = 100;
    private static final int BYTES_OF_A_TRANSACTION = 1_000_000;
    private static final int PAGE = 500;

    /** A value and the revision of its last change. */
    record Held(String value, long modRevision, long lease) {}

    private final Client client;

    RawEtcd(Etcd etcd) {
        client = Client.builder()
                .endpoints(etcd.endpoint())
                .maxInboundMessageSize(256 * 1024 * 1024)
                .build();
    }

    /** One after the other, several to a transaction. */
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
        if (!operations.isEmpty()) {
            client.getKVClient()
                    .txn()
                    .Then(operations.toArray(Op[]::new))
                    .commit()
                    .join();
            operations.clear();
        }
    }

    /** @return false if etcd says that the request is too large; @param lease 0 for none */
    boolean put(String key, String value, long lease) {
        PutOption option = PutOption.builder().withLeaseId(lease).build();
        try {
            client.getKVClient().put(bytes(key), bytes(value), option).join();
            return true;
        } catch (CompletionException e) {
            if (String.valueOf(e.getMessage()).contains("request is too large")) {
                return false;
            }
            throw e;
        }
    }

    void put(String key, String value) {
        client.getKVClient().put(bytes(key), bytes(value)).join();
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
        return client.getLeaseClient().grant(seconds).join().getID();
    }

    void revoke(long lease) {
        client.getLeaseClient().revoke(lease).join();
    }

    /** What is below the prefix, at one revision. */
    Map<String, Held> all(String prefix) {
        Map<String, Held> all = new HashMap<>();
        String from = prefix;
        long revision = 0;
        while (true) {
            GetOption page = GetOption.builder()
                    .withRange(bytes(
                            prefix.substring(0, prefix.length() - 1) + (char) (prefix.charAt(prefix.length() - 1) + 1)))
                    .withLimit(PAGE)
                    .withRevision(revision)
                    .build();
            var response = client.getKVClient().get(bytes(from), page).join();
            revision = response.getHeader().getRevision();
            for (KeyValue kv : response.getKvs()) {
                from = raw(kv.getKey()) + "\0";
                all.put(raw(kv.getKey()), new Held(raw(kv.getValue()), kv.getModRevision(), kv.getLease()));
            }
            if (!response.isMore()) {
                return all;
            }
        }
    }

    /** History up to now is gone. */
    void compact() {
        long revision =
                client.getKVClient().get(bytes("none")).join().getHeader().getRevision();
        CompletableFuture<?> done = client.getKVClient().compact(revision);
        done.join();
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
