package dev.etcdpg.etcd.client;

import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.kv.RangeResult;
import dev.etcdpg.etcd.kv.TransactionResult;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Requests to etcd. Every request is linearizable and has a deadline. A request that fails throws {@link EtcdFailure}. After several transient
 * failures in a row the gateway replaces its client, because gRPC would keep the old connection in backoff for up to two minutes. Not
 * thread-safe.
 */
public final class EtcdGateway implements AutoCloseable {

    static final int FAILURES_BEFORE_REPLACEMENT = 3;

    private final EtcdConnection connection;
    private final Duration timeout;
    private final RequestGuard guard;
    private int failures;

    /**
     * @param clients makes each client; the gateway closes it
     * @param timeout timeout of each request
     * @param guard is asked before each request
     */
    public EtcdGateway(Supplier<Client> clients, Duration timeout, RequestGuard guard) {
        this.connection = new EtcdConnection(clients);
        this.timeout = timeout;
        this.guard = guard;
    }

    /** Opens a gateway without a retry policy. */
    public static EtcdGateway open(EtcdConfig config) {
        return open(config, RequestGuard.NONE);
    }

    public static EtcdGateway open(EtcdConfig config, RequestGuard guard) {
        return new EtcdGateway(config::newClient, config.requestTimeout(), guard);
    }

    /** Reads a key. Returns empty if the key is absent. */
    public Optional<KeyChange> get(String key) {
        return range("reading " + key, KeySpan.single(key), 0, 1).keys().stream()
                .findFirst();
    }

    /**
     * Reads the keys of a span in key order.
     *
     * @param request describes the request for messages
     * @param revision to read at; 0 for the current one
     * @param limit largest number of keys; 0 for all
     */
    public RangeResult range(String request, KeySpan span, long revision, int limit) {
        // no sort order: etcd keeps keys in order, and with a sort order it would read the whole span for each page
        GetResponse response =
                get(request, span, GetOption.builder().withRevision(revision).withLimit(limit));
        return new RangeResult(
                response.getHeader().getRevision(),
                Long.toHexString(response.getHeader().getClusterId()),
                response.getKvs().stream().map(Jetcd::change).toList(),
                response.isMore());
    }

    /**
     * Counts the keys of a span.
     *
     * @param revision to read at; 0 for the current one
     */
    public long count(KeySpan span, long revision) {
        return get(
                        "counting keys",
                        span,
                        GetOption.builder().withRevision(revision).withCountOnly(true))
                .getCount();
    }

    /** Reads several keys at one revision. The results are in the order of the keys. */
    public List<EtcdKeyState> read(String request, List<EtcdBytes> keys) {
        List<Operation> gets = keys.stream().<Operation>map(Operation.Get::new).toList();
        return transact(request, EtcdTransaction.of(gets)).read();
    }

    /**
     * Executes a transaction.
     *
     * @throws EtcdFailure if the request fails. After {@link EtcdFailure.Kind#TRANSIENT}, etcd may have executed the transaction, or may
     *     execute it later
     */
    public TransactionResult transact(String request, EtcdTransaction transaction) {
        return Jetcd.result(await(request, client -> client.getKVClient()
                .txn()
                .If(Jetcd.conditions(transaction.conditions()))
                .Then(Jetcd.operations(transaction.then()))
                .Else(Jetcd.operations(transaction.otherwise()))
                .commit()));
    }

    /** Returns the id of a new lease. */
    public long grantLease(Duration life) {
        return await("granting a lease", client -> client.getLeaseClient().grant(life.toSeconds()))
                .getID();
    }

    public boolean hasLease(long lease) {
        return await("reading a lease", client -> client.getLeaseClient().timeToLive(lease, LeaseOption.DEFAULT))
                        .getTTL()
                >= 0;
    }

    /** Returns the watches of the current client. The watches end when the client is replaced; callers must reopen them. */
    public Watch watch() {
        return connection.client().getWatchClient();
    }

    /** Replaces all connections. Open watches end; callers must reopen them. */
    public void replaceClient() {
        connection.replace();
    }

    @Override
    public void close() {
        connection.close();
    }

    private GetResponse get(String request, KeySpan span, GetOption.Builder options) {
        return await(request, client -> client.getKVClient()
                .get(
                        Jetcd.bytes(span.start()),
                        options.withRange(Jetcd.bytes(span.end())).build()));
    }

    private <T> T await(String request, Function<Client, CompletableFuture<T>> send) {
        guard.begin(request);
        CompletableFuture<T> call = send.apply(connection.client());
        T answer;
        try {
            answer = call.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            call.cancel(true);
            throw failed(
                    request,
                    EtcdFailure.of(request, new TimeoutException("no answer within " + timeout.toMillis() + " ms")));
        } catch (ExecutionException e) {
            throw failed(request, EtcdFailure.of(request, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(request, new EtcdFailure(EtcdFailure.Kind.TRANSIENT, request + " was interrupted", e));
        }
        failures = 0;
        guard.succeeded(request);
        return answer;
    }

    private EtcdFailure failed(String request, EtcdFailure failure) {
        if (failure.isAnswer()) {
            failures = 0;
            guard.succeeded(request);
            return failure;
        }
        failures++;
        if (failures % FAILURES_BEFORE_REPLACEMENT == 0) {
            connection.replace();
        }
        guard.failed(request, failure);
        return failure;
    }
}
