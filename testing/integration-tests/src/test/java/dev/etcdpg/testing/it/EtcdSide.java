package dev.etcdpg.testing.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.etcdpg.testing.servers.Etcd;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
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

/** etcd, as an application uses it. */
final class EtcdSide implements AutoCloseable {
    private static final int PAGE = 5_000;
    private static final int KEYS_OF_A_TRANSACTION = 126;
    private static final int UNDER_WAY = 16;

    private final Client client;

    EtcdSide(Etcd etcd) {
        client = Client.builder().endpoints(etcd.endpoint()).build();
    }

    /** The revision. */
    long put(String key, String value) {
        return answer(client.getKVClient().put(bytes(key), bytes(value)))
                .getHeader()
                .getRevision();
    }

    void delete(String key) {
        answer(client.getKVClient().delete(bytes(key)));
    }

    void deletePrefix(String prefix) {
        answer(client.getKVClient()
                .delete(bytes(prefix), DeleteOption.builder().isPrefix(true).build()));
    }

    /** The value, or null. */
    String get(String key) {
        List<KeyValue> found = answer(client.getKVClient().get(bytes(key))).getKvs();
        return found.isEmpty() ? null : text(found.get(0).getValue());
    }

    /** Puts keys 0 to count - 1, many to a transaction and several transactions under way. */
    void putMany(int count, IntFunction<String> key, IntFunction<String> value) {
        Deque<CompletableFuture<?>> underWay = new ArrayDeque<>();
        for (int i = 0; i < count; i += KEYS_OF_A_TRANSACTION) {
            List<Op> puts = new ArrayList<>();
            for (int j = i; j < Math.min(count, i + KEYS_OF_A_TRANSACTION); j++) {
                puts.add(Op.put(bytes(key.apply(j)), bytes(value.apply(j)), PutOption.DEFAULT));
            }
            if (underWay.size() == UNDER_WAY) {
                answer(underWay.remove());
            }
            underWay.add(
                    client.getKVClient().txn().Then(puts.toArray(Op[]::new)).commit());
        }
        underWay.forEach(EtcdSide::answer);
    }

    /** All entries below a prefix, of one revision. */
    Map<String, Entry> all(String prefix) {
        Map<String, Entry> all = new TreeMap<>();
        byte[] end = prefix.getBytes(UTF_8);
        end[end.length - 1]++;
        ByteSequence from = bytes(prefix);
        long revision = 0;
        while (true) {
            GetResponse page = answer(client.getKVClient()
                    .get(
                            from,
                            GetOption.builder()
                                    .withRange(ByteSequence.from(end))
                                    .withLimit(PAGE)
                                    .withRevision(revision)
                                    .build()));
            revision = page.getHeader().getRevision();
            for (KeyValue kv : page.getKvs()) {
                all.put(
                        text(kv.getKey()),
                        new Entry(
                                text(kv.getValue()),
                                kv.getCreateRevision(),
                                kv.getModRevision(),
                                kv.getVersion(),
                                kv.getLease()));
            }
            if (!page.isMore()) {
                return all;
            }
            from = bytes(text(page.getKvs().get(page.getKvs().size() - 1).getKey()) + "\0");
        }
    }

    private static <T> T answer(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("etcd did not do it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }

    private static String text(ByteSequence bytes) {
        return bytes.toString(UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }
}
