package dev.etcdpg.etcd.sink;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;

/** Requests to etcd, each with a deadline. Failures are {@link EtcdFailure}s. Thread-safe. */
final class EtcdStore implements AutoCloseable {

    /**
     * What a transaction did.
     *
     * @param revision etcd's revision then: the mod_revision of what was put, if it succeeded
     * @param read what the reads of the branch taken found, in their order
     */
    record Result(boolean succeeded, long revision, List<Found> read) {}

    private final Client client;
    private final Duration timeout;

    EtcdStore(Client client, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
    }

    Result transaction(List<Cmp> compares, List<Op> then, List<Op> otherwise) {
        TxnResponse response = await(client.getKVClient()
                .txn()
                .If(compares.toArray(Cmp[]::new))
                .Then(then.toArray(Op[]::new))
                .Else(otherwise.toArray(Op[]::new))
                .commit());
        List<Found> read =
                response.getGetResponses().stream().map(EtcdStore::found).toList();
        return new Result(response.isSucceeded(), response.getHeader().getRevision(), read);
    }

    /** Linearizable, and all at one revision. */
    List<Found> read(List<ByteSequence> keys) {
        List<Op> gets = new ArrayList<>();
        keys.forEach(key -> gets.add(get(key)));
        return transaction(List.of(), gets, List.of()).read();
    }

    static Op get(ByteSequence key) {
        return Op.get(key, GetOption.DEFAULT);
    }

    static Op getRevision(ByteSequence key) {
        return Op.get(key, GetOption.builder().withKeysOnly(true).build());
    }

    /** @return id of a new lease that lives so long */
    long grantLease(Duration life) {
        return await(client.getLeaseClient().grant(life.toSeconds())).getID();
    }

    boolean hasLease(long lease) {
        return await(client.getLeaseClient().timeToLive(lease, LeaseOption.DEFAULT))
                        .getTTL()
                >= 0;
    }

    private static Found found(GetResponse response) {
        if (response.getKvs().isEmpty()) {
            return Found.NOTHING;
        }
        KeyValue kv = response.getKvs().get(0);
        return new Found(kv.getModRevision(), kv.getValue());
    }

    private <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new EtcdFailure(EtcdFailure.Kind.TRANSIENT, "no answer within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw EtcdFailure.of(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("interrupted while waiting for etcd", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
