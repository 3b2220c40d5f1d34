package dev.etcdpg.testing.kit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/**
 * An application that reads and writes etcd. It is not the connectors' own client: a test must not judge the connectors with the
 * code under test. Each call waits up to 30 seconds and throws {@link IllegalStateException} when etcd refuses it or does not answer.
 */
public final class TestEtcdClient implements AutoCloseable {

    /** Operations in one transaction; etcd's default limit is 128. */
    public static final int TRANSACTION_OPERATIONS = 126;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_MESSAGE_BYTES = 256 << 20;
    private static final int TRANSACTIONS_IN_FLIGHT = 16;
    private static final int PAGE_KEYS = 5_000;

    private final Client client;
    private final KV kv;
    private final List<CompletableFuture<?>> inFlight = new ArrayList<>();

    /** @param endpoints URLs, separated by commas */
    public TestEtcdClient(String endpoints) {
        client = Client.builder()
                .endpoints(endpoints.split(","))
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                // etcd ends a connection that pings without a call
                .keepaliveWithoutCalls(false)
                .build();
        kv = client.getKVClient();
    }

    /** The driver's client, for calls that this class does not have. */
    public Client driver() {
        return client;
    }

    public static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    public static String text(ByteSequence bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Waits for an answer of the driver. */
    public static <T> T answer(CompletableFuture<T> future) {
        return answer(future, TIMEOUT);
    }

    private static <T> T answer(CompletableFuture<T> future, Duration atMost) {
        try {
            return future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("etcd did not do it: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for etcd", e);
        }
    }

    // ------------------------------------------------------------------ writing

    /** @return the revision of the put */
    public long put(String key, String value) {
        return put(key, value, 0);
    }

    /**
     * @param lease 0 for none
     * @return the revision of the put
     */
    public long put(String key, String value, long lease) {
        return put(bytes(key), bytes(value), lease);
    }

    /**
     * @param lease 0 for none
     * @return the revision of the put
     */
    public long put(ByteSequence key, ByteSequence value, long lease) {
        PutOption option = PutOption.builder().withLeaseId(lease).build();
        return answer(kv.put(key, value, option)).getHeader().getRevision();
    }

    /** @return the revision of the put */
    public long put(byte[] key, byte[] value) {
        return put(ByteSequence.from(key), ByteSequence.from(value), 0);
    }

    /**
     * Puts a value and waits up to a second. The put can happen later, or never.
     *
     * @return whether etcd confirmed the put
     */
    public boolean tryToPut(String key, String value) {
        try {
            answer(kv.put(bytes(key), bytes(value)), Duration.ofSeconds(1));
            return true;
        } catch (IllegalStateException unknown) {
            return false;
        }
    }

    /** Puts a value without waiting; {@link #flush} waits. */
    public void putAsync(String key, String value) {
        inFlight.add(kv.put(bytes(key), bytes(value)));
    }

    /** As {@link #putAll}, without waiting; {@link #flush} waits. */
    public void putAllAsync(List<String> keys, String value) {
        Op[] puts = keys.stream().map(key -> putOp(key, value)).toArray(Op[]::new);
        inFlight.add(kv.txn().Then(puts).commit());
    }

    /** Waits for what was written without waiting. */
    public void flush() {
        inFlight.forEach(TestEtcdClient::answer);
        inFlight.clear();
    }

    /** Puts the same value under up to {@value #TRANSACTION_OPERATIONS} keys, in one revision. */
    public void putAll(List<String> keys, String value) {
        commit(keys.stream().map(key -> putOp(key, value)).toList());
    }

    /** Puts keys 0 to {@code count} - 1, in transactions, several of which are in flight at a time. */
    public void putMany(int count, IntFunction<String> key, IntFunction<String> value) {
        Deque<CompletableFuture<?>> transactions = new ArrayDeque<>();
        for (int i = 0; i < count; i += TRANSACTION_OPERATIONS) {
            List<Op> puts = new ArrayList<>();
            for (int j = i; j < Math.min(count, i + TRANSACTION_OPERATIONS); j++) {
                puts.add(putOp(key.apply(j), value.apply(j)));
            }
            if (transactions.size() == TRANSACTIONS_IN_FLIGHT) {
                answer(transactions.remove());
            }
            transactions.add(kv.txn().Then(puts.toArray(Op[]::new)).commit());
        }
        transactions.forEach(TestEtcdClient::answer);
    }

    private static Op putOp(String key, String value) {
        return Op.put(bytes(key), bytes(value), PutOption.DEFAULT);
    }

    /** Does the operations in one transaction. An empty list does nothing. */
    public void commit(List<Op> operations) {
        if (!operations.isEmpty()) {
            answer(kv.txn().Then(operations.toArray(Op[]::new)).commit());
        }
    }

    /** @return the revision of the store after the call */
    public long delete(String key) {
        return answer(kv.delete(bytes(key))).getHeader().getRevision();
    }

    public void deletePrefix(String prefix) {
        answer(kv.delete(bytes(prefix), DeleteOption.builder().isPrefix(true).build()));
    }

    /** @return the id of the new lease */
    public long grant(Duration ttl) {
        return answer(client.getLeaseClient().grant(ttl.toSeconds())).getID();
    }

    public void revoke(long lease) {
        answer(client.getLeaseClient().revoke(lease));
    }

    /** Compacts the history before {@code revision}. */
    public void compact(long revision) {
        answer(kv.compact(revision));
    }

    // ------------------------------------------------------------------ reading

    /** The revision of the store. */
    public long revision() {
        return answer(kv.get(bytes("\0"))).getHeader().getRevision();
    }

    /** Returns the value of a key, or null. */
    public String get(String key) {
        KeyValue found = find(key);
        return found == null ? null : text(found.getValue());
    }

    /** Returns the entry of a key, or null. */
    public KeyValue find(String key) {
        List<KeyValue> found = answer(kv.get(bytes(key))).getKvs();
        return found.isEmpty() ? null : found.get(0);
    }

    /** Returns the entries below a prefix, of one revision, by key. */
    public Map<String, KeyValue> all(String prefix) {
        Map<String, KeyValue> all = new TreeMap<>();
        list(bytes(prefix)).forEach(found -> all.put(text(found.getKey()), found));
        return all;
    }

    /** Returns the entries below a prefix, of one revision, in the order of the keys' bytes. */
    public List<KeyValue> list(ByteSequence prefix) {
        List<KeyValue> all = new ArrayList<>();
        byte[] end = prefix.getBytes().clone();
        end[end.length - 1]++;
        ByteSequence from = prefix;
        long revision = 0;
        while (true) {
            GetResponse page = answer(kv.get(
                    from,
                    GetOption.builder()
                            .withRange(ByteSequence.from(end))
                            .withLimit(PAGE_KEYS)
                            .withRevision(revision)
                            .build()));
            all.addAll(page.getKvs());
            if (!page.isMore()) {
                return all;
            }
            revision = page.getHeader().getRevision();
            from = all.get(all.size() - 1).getKey().concat(ByteSequence.from(new byte[1]));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
