package dev.etcdpg.etcd.client;

import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.core.retry.RateLimit;
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
 * Requests to etcd. Every request is linearizable and has a deadline. A request that fails throws {@link EtcdFailure}. While requests get no
 * answer, each gets a new client, because gRPC keeps an old connection in backoff for up to two minutes, and a new one connects at once. Not
 * thread-safe.
 */
public final class EtcdGateway implements AutoCloseable {

    /** Number of transient failures in a row from which on each of them replaces the client. */
    static final int FAILURES_BEFORE_REPLACEMENT = 3;

    /** Limit of all requests that one call of Connect causes. Connect's threads serve other connectors too. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(5);

    private static final Duration DIAGNOSIS_INTERVAL = Duration.ofSeconds(30);

    private final EtcdConnection connection;
    private final Supplier<Duration> timeout;
    private final RequestGuard guard;
    private final Supplier<String> diagnosis;
    private final RateLimit diagnoses = new RateLimit(DIAGNOSIS_INTERVAL, System::nanoTime);
    private int failures;

    private EtcdGateway(
            Supplier<Client> clients, Supplier<Duration> timeout, RequestGuard guard, Supplier<String> diagnosis) {
        this.connection = new EtcdConnection(clients);
        this.timeout = timeout;
        this.guard = guard;
        this.diagnosis = diagnosis;
    }

    /**
     * @param clients makes each client; the gateway closes it
     * @param timeout timeout of each request
     * @param guard is asked before each request
     */
    public EtcdGateway(Supplier<Client> clients, Duration timeout, RequestGuard guard) {
        this(clients, () -> timeout, guard, () -> "");
    }

    /** Opens a gateway of a task, without a retry policy. */
    public static EtcdGateway open(EtcdConfig config) {
        return open(config, config::newClient, RequestGuard.NONE);
    }

    /**
     * Opens a gateway of a task. A failure without an answer also says what is wrong with the endpoints.
     *
     * @param clients makes each client; the gateway closes it
     * @param guard is asked before each request
     */
    public static EtcdGateway open(EtcdConfig config, Supplier<Client> clients, RequestGuard guard) {
        Duration timeout = config.requestTimeout();
        return new EtcdGateway(clients, () -> timeout, guard, () -> EndpointDiagnosis.of(config));
    }

    /**
     * Opens a gateway for one call of Connect: a validation, a configuration of tasks, a change of offsets. All requests together take at most a
     * few seconds, however long a request of a task may take.
     */
    public static EtcdGateway openForCall(EtcdConfig config) {
        Deadline end = Deadline.after(CALL_LIMIT, System::nanoTime);
        Duration longest = config.requestTimeout();
        return new EtcdGateway(
                config::newClient,
                () -> longest.compareTo(end.remaining()) < 0 ? longest : end.remaining(),
                RequestGuard.NONE,
                () -> EndpointDiagnosis.of(config));
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
     * Reads keys without their values, in key order.
     *
     * @param request describes the request for messages
     * @param revision to read at; 0 for the current one
     * @param limit largest number of keys; etcd itself reads the values too
     */
    public List<byte[]> keys(String request, KeySpan span, long revision, int limit) {
        GetResponse response = get(
                request,
                span,
                GetOption.builder().withRevision(revision).withLimit(limit).withKeysOnly(true));
        return response.getKvs().stream().map(kv -> kv.getKey().getBytes()).toList();
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
        long millis = timeout.get().toMillis();
        T answer;
        try {
            CompletableFuture<T> call = send.apply(connection.client());
            answer = await(call, millis);
        } catch (TimeoutException e) {
            throw failed(request, EtcdFailure.of(request, new TimeoutException(noAnswer(millis))));
        } catch (ExecutionException e) {
            throw failed(request, EtcdFailure.of(request, e));
        } catch (IllegalArgumentException e) {
            throw failed(request, new EtcdFailure(EtcdFailure.Kind.REJECTED, request + ": " + e.getMessage(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(request, new EtcdFailure(EtcdFailure.Kind.TRANSIENT, request + " was interrupted", e));
        }
        failures = 0;
        guard.succeeded(request);
        return answer;
    }

    private static <T> T await(CompletableFuture<T> call, long millis)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return call.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            call.cancel(true);
            throw e;
        }
    }

    private String noAnswer(long millis) {
        String text = "no answer within " + millis + " ms";
        String reason = diagnoses.acquire() ? diagnosis.get() : "";
        return reason.isEmpty() ? text : text + ". " + reason;
    }

    private EtcdFailure failed(String request, EtcdFailure failure) {
        if (failure.isAnswer()) {
            failures = 0;
            guard.succeeded(request);
            return failure;
        }
        if (failure.kind() == EtcdFailure.Kind.TRANSIENT && ++failures >= FAILURES_BEFORE_REPLACEMENT) {
            connection.replace();
        }
        guard.failed(request, failure);
        return failure;
    }
}
