package dev.etcdpg.etcd.source;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An application that writes etcd. */
final class EtcdClient implements AutoCloseable {

    private final Client client;
    private final KV kv;
    private final List<CompletableFuture<?>> underWay = new ArrayList<>();

    EtcdClient(String endpoint) {
        client = Client.builder()
                .endpoints(endpoint.split(","))
                .maxInboundMessageSize(256 << 20)
                .build();
        kv = client.getKVClient();
    }

    /** @return the revision */
    long put(String key, String value) {
        return put(key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    long put(byte[] key, byte[] value) {
        return get(kv.put(ByteSequence.from(key), ByteSequence.from(value)))
                .getHeader()
                .getRevision();
    }

    /** Waits not long: it may be written later or never. */
    void tryToPut(String key, String value) {
        try {
            kv.put(bytes(key), bytes(value)).get(1, TimeUnit.SECONDS);
        } catch (Exception e) {
            Thread.onSpinWait();
        }
    }

    void putAsync(String key, String value) {
        underWay.add(kv.put(bytes(key), bytes(value)));
    }

    void flush() {
        underWay.forEach(EtcdClient::get);
        underWay.clear();
    }

    void putAll(List<String> keys, String value) {
        Op[] puts = keys.stream()
                .map(key -> Op.put(bytes(key), bytes(value), PutOption.DEFAULT))
                .toArray(Op[]::new);
        get(kv.txn().Then(puts).commit());
    }

    /** So many revisions, 100 keys each. */
    void writeElsewhere(int transactions) {
        List<CompletableFuture<?>> open = new ArrayList<>();
        for (int t = 0; t < transactions; t++) {
            Op[] puts = new Op[100];
            for (int i = 0; i < puts.length; i++) {
                puts[i] = Op.put(bytes("/elsewhere/" + i), bytes("v" + t), PutOption.DEFAULT);
            }
            open.add(kv.txn().Then(puts).commit());
            if (open.size() == 50) {
                open.forEach(EtcdClient::get);
                open.clear();
            }
        }
        open.forEach(EtcdClient::get);
    }

    void delete(String key) {
        get(kv.delete(bytes(key)));
    }

    String get(String key) {
        List<KeyValue> found = get(kv.get(bytes(key))).getKvs();
        return found.isEmpty() ? null : found.get(0).getValue().toString(StandardCharsets.UTF_8);
    }

    record Row(String key, String value, long revision) {}

    List<Row> all(String prefix) {
        return get(kv.get(bytes(prefix), GetOption.builder().isPrefix(true).build())).getKvs().stream()
                .map(kv -> new Row(
                        kv.getKey().toString(StandardCharsets.UTF_8),
                        kv.getValue().toString(StandardCharsets.UTF_8),
                        kv.getModRevision()))
                .toList();
    }

    void compact(long revision) {
        get(kv.compact(revision));
    }

    @Override
    public void close() {
        client.close();
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
