package dev.etcdpg.testing.protocol.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Cluster;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.Maintenance;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.etcd.jetcd.kv.CompactResponse;
import io.etcd.jetcd.kv.DeleteResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lease.LeaseRevokeResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.op.TxnImpl;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.TxnOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Requests;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** A jetcd client of etcd in memory. The connectors under test use it in place of the real client. */
public final class InMemoryEtcdClient implements Client {

    private final InMemoryEtcd etcd;
    private final Function<TxnRequest, TxnResponse> transactions;
    private final List<Watcher> watchers = new ArrayList<>();

    /** @param transactions executes a transaction; throws the error that the server or the network would report */
    public InMemoryEtcdClient(InMemoryEtcd etcd, Function<TxnRequest, TxnResponse> transactions) {
        this.etcd = etcd;
        this.transactions = transactions;
    }

    /** Returns the open watches, in the order in which they were opened. */
    public List<Watcher> watchers() {
        watchers.removeIf(Watcher::isClosed);
        return List.copyOf(watchers);
    }

    private static <T> CompletableFuture<T> answer(Supplier<T> answer) {
        try {
            return CompletableFuture.completedFuture(answer.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public KV getKVClient() {
        return new Kv();
    }

    @Override
    public Lease getLeaseClient() {
        return new Leases();
    }

    @Override
    public Watch getWatchClient() {
        return new Watches();
    }

    @Override
    public void close() {
        watchers().forEach(Watcher::close);
    }

    private final class Kv implements KV {

        @Override
        public CompletableFuture<GetResponse> get(ByteSequence key, GetOption option) {
            return answer(() -> new GetResponse(
                    etcd.range(Requests.mapRangeRequest(key, option, ByteSequence.EMPTY)), ByteSequence.EMPTY));
        }

        @Override
        public CompletableFuture<GetResponse> get(ByteSequence key) {
            return get(key, GetOption.DEFAULT);
        }

        @Override
        public CompletableFuture<PutResponse> put(ByteSequence key, ByteSequence value) {
            return put(key, value, PutOption.DEFAULT);
        }

        @Override
        public CompletableFuture<PutResponse> put(ByteSequence key, ByteSequence value, PutOption option) {
            RequestOp put = RequestOp.newBuilder()
                    .setRequestPut(Requests.mapPutRequest(key, value, option, ByteSequence.EMPTY))
                    .build();
            return answer(() -> {
                transactions.apply(TxnRequest.newBuilder().addSuccess(put).build());
                return new PutResponse(io.etcd.jetcd.api.PutResponse.getDefaultInstance(), ByteSequence.EMPTY);
            });
        }

        @Override
        public Txn txn() {
            return TxnImpl.newTxn(
                    request -> answer(
                            () -> new io.etcd.jetcd.kv.TxnResponse(transactions.apply(request), ByteSequence.EMPTY)),
                    ByteSequence.EMPTY);
        }

        @Override
        public Txn txn(TxnOption option) {
            return txn();
        }

        @Override
        public CompletableFuture<DeleteResponse> delete(ByteSequence key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<DeleteResponse> delete(ByteSequence key, DeleteOption option) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<CompactResponse> compact(long revision) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<CompactResponse> compact(long revision, CompactOption option) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final class Leases implements Lease {

        @Override
        public CompletableFuture<LeaseGrantResponse> grant(long ttl) {
            return answer(() -> new LeaseGrantResponse(io.etcd.jetcd.api.LeaseGrantResponse.newBuilder()
                    .setID(etcd.grant())
                    .setTTL(ttl)
                    .build()));
        }

        @Override
        public CompletableFuture<LeaseTimeToLiveResponse> timeToLive(long lease, LeaseOption option) {
            return answer(() -> new LeaseTimeToLiveResponse(io.etcd.jetcd.api.LeaseTimeToLiveResponse.newBuilder()
                    .setID(lease)
                    .setTTL(etcd.hasLease(lease) ? 1_000 : -1)
                    .build()));
        }

        @Override
        public CompletableFuture<LeaseGrantResponse> grant(long ttl, long timeout, TimeUnit unit) {
            return grant(ttl);
        }

        @Override
        public CompletableFuture<LeaseRevokeResponse> revoke(long lease) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<LeaseKeepAliveResponse> keepAliveOnce(long lease) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CloseableClient keepAlive(long lease, StreamObserver<LeaseKeepAliveResponse> observer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final class Watches implements Watch {

        @Override
        public Watch.Watcher watch(ByteSequence key, WatchOption option, Listener listener) {
            InMemoryEtcdClient.Watcher watcher = new InMemoryEtcdClient.Watcher(
                    key.toString(StandardCharsets.ISO_8859_1),
                    option.getEndKey().orElseThrow().toString(StandardCharsets.ISO_8859_1),
                    option.getRevision(),
                    listener);
            watchers.add(watcher);
            return watcher;
        }

        @Override
        public void requestProgress() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /** A watch. It delivers events only when {@link #deliver} is called. */
    public final class Watcher implements Watch.Watcher {

        private final String start;
        private final String end;
        private final Watch.Listener listener;
        private long next;
        private boolean created;
        private boolean asked;
        private boolean closed;

        Watcher(String start, String end, long next, Watch.Listener listener) {
            this.start = start;
            this.end = end;
            this.next = next;
            this.listener = listener;
        }

        /**
         * Delivers the events of at most the given number of revisions.
         *
         * @return whether it delivered anything
         */
        public boolean deliver(int revisions) {
            if (closed) {
                return false;
            }
            boolean delivered = !created;
            if (!created) {
                created = true;
                say(response().setCreated(true));
            }
            if (next < etcd.compacted() && next <= etcd.revision()) {
                listener.onError(EtcdExceptionFactory.newCompactedException(etcd.compacted()));
                return true;
            }
            io.etcd.jetcd.api.WatchResponse.Builder events = response();
            int told = 0;
            while (next <= etcd.revision() && told < revisions) {
                long before = events.getEventsCount();
                etcd.watched(next++).stream()
                        .filter(v -> v.key().compareTo(start) >= 0 && v.key().compareTo(end) < 0)
                        .forEach(v -> events.addEvents(Event.newBuilder()
                                .setType(v.isLive() ? Event.EventType.PUT : Event.EventType.DELETE)
                                .setKv(v.message())));
                told += events.getEventsCount() > before ? 1 : 0;
            }
            if (told > 0) {
                say(events);
                delivered = true;
            }
            if (asked && next == etcd.revision() + 1 && !closed) {
                asked = false;
                say(response());
                delivered = true;
            }
            return delivered;
        }

        /** Loses the connection. */
        public void fail() {
            if (!closed) {
                listener.onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
            }
        }

        private io.etcd.jetcd.api.WatchResponse.Builder response() {
            return io.etcd.jetcd.api.WatchResponse.newBuilder().setHeader(etcd.header());
        }

        private void say(io.etcd.jetcd.api.WatchResponse.Builder response) {
            listener.onNext(new WatchResponse(response.build(), ByteSequence.EMPTY));
        }

        @Override
        public void requestProgress() {
            asked = true;
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        /** Behaves as jetcd's watcher, also when the client is closed. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                listener.onCompleted();
            }
        }
    }

    /** Adds a put, or a deletion if the value is null. */
    public static TxnRequest.Builder write(TxnRequest.Builder txn, String key, ByteString value) {
        RequestOp.Builder op = RequestOp.newBuilder();
        if (value == null) {
            op.getRequestDeleteRangeBuilder().setKey(InMemoryEtcd.bytes(key));
        } else {
            op.getRequestPutBuilder().setKey(InMemoryEtcd.bytes(key)).setValue(value);
        }
        return txn.addSuccess(op);
    }

    // ---- not used by the connectors

    @Override
    public Auth getAuthClient() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Cluster getClusterClient() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Maintenance getMaintenanceClient() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lock getLockClient() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Election getElectionClient() {
        throw new UnsupportedOperationException();
    }
}
