package dev.etcdpg.etcd.store;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.bookkeeping.AnsweredPartValue;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads and removes the requests for snapshots of one route. All methods throw {@link EtcdFailure}. */
public final class RequestStore {

    private final EtcdGateway etcd;
    private final BookkeepingKeys keys;
    private final String route;

    public RequestStore(EtcdGateway etcd, BookkeepingKeys keys, String route) {
        this.etcd = etcd;
        this.keys = keys;
        this.route = route;
    }

    /** Returns the keys of all requests at a revision. */
    public List<KeyChange> pending(long revision) {
        return etcd.range("reading requests", KeySpan.prefix(keys.requests(route)), revision, 0)
                .keys();
    }

    /**
     * Removes a request that one key range has answered, unless the request was made again. If a request concerns several key ranges, the last
     * range to answer removes the request.
     *
     * @param request key of the request
     * @param number number of the request
     * @param own key range that has answered
     * @param concerned all key ranges that the request concerns
     */
    public void remove(KeyChange request, long number, KeyRange own, List<KeyRange> concerned) {
        KeySpan parts = KeySpan.prefix(keys.answeredParts(route, number));
        if (concerned.size() > 1) {
            AnsweredPartValue part = new AnsweredPartValue(request.modRevision(), own);
            EtcdBytes key = EtcdBytes.of(keys.answeredPart(route, number, own.after()));
            etcd.transact(
                    "marking a request as answered", EtcdTransaction.of(List.of(new Operation.Put(key, part.write()))));
            if (!answered(parts, request.modRevision()).containsAll(concerned)) {
                return;
            }
        }
        EtcdBytes key = EtcdBytes.of(request.key());
        etcd.transact(
                "removing an answered request",
                new EtcdTransaction(
                        List.of(new Condition.AtRevision(key, request.modRevision())),
                        List.of(new Operation.Delete(key), new Operation.DeleteSpan(parts)),
                        List.of()));
    }

    private Set<KeyRange> answered(KeySpan parts, long request) {
        return etcd.range("reading which key ranges have answered a request", parts, 0, 0).keys().stream()
                .map(change -> AnsweredPartValue.parse(change.requireValue()))
                .flatMap(Optional::stream)
                .filter(part -> part.request() == request)
                .map(AnsweredPartValue::range)
                .collect(Collectors.toSet());
    }
}
