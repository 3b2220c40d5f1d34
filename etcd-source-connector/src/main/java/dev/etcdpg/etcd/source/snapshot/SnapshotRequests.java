package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.BookkeepingNotice;
import dev.etcdpg.etcd.bookkeeping.BookkeepingReader;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.Ranges;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.store.RequestStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The requests for snapshots that concern one reader. The key of an answered request is removed when Connect has stored the end of the
 * snapshot that answers it, and when all key ranges that the request concerns have answered it. Until then a restarted task finds the request
 * and answers it again. Not thread-safe.
 */
final class SnapshotRequests {

    private final Scope scope;
    private final RequestStore store;
    private final BookkeepingReader bookkeeping;
    private final Map<Long, PendingRequest> answered = new LinkedHashMap<>();
    private long storedThrough;

    SnapshotRequests(Scope scope, EtcdGateway etcd, BookkeepingKeys keys) {
        this.scope = scope;
        this.store = new RequestStore(etcd, keys, scope.route().name());
        this.bookkeeping = new BookkeepingReader(keys, scope.route().name(), scope.range());
    }

    /**
     * Reads the requests whose keys exist at this revision.
     *
     * @throws EtcdFailure if etcd did not answer
     */
    List<PendingRequest> pending(long revision) {
        return store.pending(revision).stream()
                .map(this::request)
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<PendingRequest> request(KeyChange key) {
        return bookkeeping
                .read(key)
                .filter(BookkeepingNotice.Request.class::isInstance)
                .map(BookkeepingNotice.Request.class::cast)
                .flatMap(request -> Ranges.intersection(request.range(), scope.range())
                        .map(keys -> new PendingRequest(key, request.number(), request.range(), keys)));
    }

    /** Adds a request that the running snapshot or an earlier one answers. */
    void addAnswered(PendingRequest request) {
        answered.put(request.revision(), request);
    }

    boolean hasAnswered() {
        return !answered.isEmpty();
    }

    /** Records that the stored offset answers all requests up to and including this revision. */
    void storedThrough(long revision) {
        storedThrough = revision;
    }

    /** Forgets the answered requests, because etcd has another history. */
    void clear() {
        answered.clear();
        storedThrough = 0;
    }

    /** Returns whether {@link #removeAnswered()} has something to remove. */
    boolean hasRemovable() {
        return nextRemovable().isPresent();
    }

    /**
     * Removes the requests whose answers are stored.
     *
     * @throws EtcdFailure if etcd did not answer; the next call removes the rest
     */
    void removeAnswered() {
        for (Optional<PendingRequest> next = nextRemovable(); next.isPresent(); next = nextRemovable()) {
            PendingRequest request = next.get();
            List<KeyRange> concerned = scope.siblings().stream()
                    .filter(range ->
                            Ranges.intersection(range, request.requested()).isPresent())
                    .toList();
            store.remove(request.key(), request.number(), scope.range(), concerned);
            answered.remove(request.revision());
        }
    }

    private Optional<PendingRequest> nextRemovable() {
        return answered.values().stream()
                .filter(request -> request.revision() <= storedThrough)
                .findFirst();
    }
}
