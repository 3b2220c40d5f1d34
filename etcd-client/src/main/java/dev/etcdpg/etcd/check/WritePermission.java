package dev.etcdpg.etcd.check;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import java.util.List;

/**
 * The permission to write the keys of a prefix. etcd checks the permissions of both branches of a transaction, and the transaction of this check
 * never takes the branch that writes. The write is a delete, because an etcd without space refuses every transaction that contains a put.
 */
public final class WritePermission {

    private WritePermission() {}

    /**
     * Checks the permission. Changes nothing in etcd.
     *
     * @throws EtcdFailure of kind {@link EtcdFailure.Kind#DENIED} if the user lacks the permission, or of another kind
     */
    public static void require(EtcdGateway etcd, String prefix) {
        EtcdBytes key = EtcdBytes.of(prefix + "permission-check");
        etcd.transact(
                "checking the permission to write " + prefix,
                new EtcdTransaction(
                        List.of(new Condition.Never(key)),
                        List.of(new Operation.Delete(key)),
                        List.of(new Operation.GetRevision(key))));
    }

    /**
     * Returns whether the user may write the prefix.
     *
     * @throws EtcdFailure if the check fails for another reason
     */
    public static boolean isGranted(EtcdGateway etcd, String prefix) {
        try {
            require(etcd, prefix);
            return true;
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.DENIED) {
                return false;
            }
            throw e;
        }
    }
}
