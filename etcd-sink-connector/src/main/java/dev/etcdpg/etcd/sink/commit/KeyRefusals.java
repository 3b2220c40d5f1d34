package dev.etcdpg.etcd.sink.commit;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.check.WritePermission;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import dev.etcdpg.etcd.sink.read.SinkInstruction.PlainWrite;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Send;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a failure concerns one key alone. etcd refuses a key if the user may write the prefix of the route but not this key, or not
 * another key of its lease. Such a change must not hold up the changes of other keys.
 */
public final class KeyRefusals {

    private static final Logger LOG = LoggerFactory.getLogger(KeyRefusals.class);

    private final EtcdGateway etcd;
    private final List<Route> routes;
    private final String user;

    /** @param user name of the etcd user for messages */
    public KeyRefusals(EtcdGateway etcd, List<Route> routes, String user) {
        this.etcd = etcd;
        this.routes = List.copyOf(routes);
        this.user = user;
    }

    /** Returns whether etcd has refused the content of a transaction, so that a smaller transaction may succeed. */
    static boolean mayConcernOneKey(EtcdFailure failure) {
        return failure.kind() == EtcdFailure.Kind.DENIED || failure.kind() == EtcdFailure.Kind.REJECTED;
    }

    /**
     * Returns the reason why etcd refuses a record, for the user; empty if the failure does not concern the key of the record alone.
     *
     * @param failure failure of a transaction that writes this record alone
     * @throws EtcdFailure if etcd does not answer, or if the user may not write the whole prefix; the message then names the key
     */
    Optional<String> reason(SinkInstruction record, EtcdFailure failure) {
        Optional<EtcdBytes> key = writtenKey(record);
        Optional<Route> route = key.flatMap(
                k -> routes.stream().filter(r -> r.contains(k.toByteArray())).findFirst());
        if (route.isEmpty()) {
            return Optional.empty();
        }
        boolean denied = failure.kind() == EtcdFailure.Kind.DENIED;
        if (denied && !WritePermission.isGranted(etcd, route.get().prefix())) {
            throw new EtcdFailure(
                    failure.kind(),
                    failure.getMessage() + ", for the key " + key.get().text(),
                    failure);
        }
        String reason = denied
                ? "the etcd user " + user + " must not read and write this key, or another key of its lease ("
                        + failure.getMessage() + ")"
                : "etcd rejects this key (" + failure.getMessage() + ")";
        LOG.warn("{}: {}. Other keys are not affected.", key.get().text(), reason);
        return Optional.of(reason);
    }

    /** Returns the key of the route that the record writes. An answer writes none. */
    private static Optional<EtcdBytes> writtenKey(SinkInstruction record) {
        if (record instanceof PlainWrite plain) {
            return Optional.of(plain.key());
        }
        return record instanceof Send sent && sent.impossible() == null && sent.send() instanceof PgRecord.Change change
                ? Optional.of(EtcdBytes.of(change.key()))
                : Optional.empty();
    }
}
