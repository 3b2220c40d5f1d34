package dev.etcdpg.etcd.client;

import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.TransactionResult;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.util.List;

/** Converts between jetcd's types and ours. */
final class Jetcd {

    private Jetcd() {}

    static ByteSequence bytes(EtcdBytes bytes) {
        return ByteSequence.from(bytes.toByteArray());
    }

    static Cmp[] conditions(List<Condition> conditions) {
        return conditions.stream().map(Jetcd::condition).toArray(Cmp[]::new);
    }

    static Op[] operations(List<Operation> operations) {
        return operations.stream().map(Jetcd::operation).toArray(Op[]::new);
    }

    static TransactionResult result(TxnResponse response) {
        return new TransactionResult(
                response.isSucceeded(),
                response.getHeader().getRevision(),
                response.getGetResponses().stream().map(Jetcd::state).toList());
    }

    static KeyChange change(KeyValue kv) {
        return new KeyChange(
                kv.getKey().getBytes(),
                kv.getValue().getBytes(),
                kv.getModRevision(),
                kv.getCreateRevision(),
                kv.getVersion(),
                kv.getLease());
    }

    private static EtcdKeyState state(GetResponse response) {
        if (response.getKvs().isEmpty()) {
            return EtcdKeyState.ABSENT;
        }
        KeyValue kv = response.getKvs().get(0);
        return new EtcdKeyState(kv.getModRevision(), EtcdBytes.of(kv.getValue().getBytes()));
    }

    private static Cmp condition(Condition condition) {
        ByteSequence key = bytes(condition.key());
        if (condition instanceof Condition.AtRevision at) {
            return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(at.modRevision()));
        } else if (condition instanceof Condition.HasValue has) {
            return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.value(bytes(has.value())));
        } else if (condition instanceof Condition.Present) {
            return new Cmp(key, Cmp.Op.GREATER, CmpTarget.modRevision(0));
        }
        return new Cmp(key, Cmp.Op.GREATER, CmpTarget.modRevision(Long.MAX_VALUE));
    }

    private static Op operation(Operation operation) {
        if (operation instanceof Operation.Put put) {
            return Op.put(
                    bytes(put.key()),
                    bytes(put.value()),
                    PutOption.builder().withLeaseId(put.lease()).build());
        } else if (operation instanceof Operation.Delete delete) {
            return Op.delete(bytes(delete.key()), DeleteOption.DEFAULT);
        } else if (operation instanceof Operation.DeleteSpan delete) {
            return Op.delete(
                    bytes(delete.span().start()),
                    DeleteOption.builder().withRange(bytes(delete.span().end())).build());
        } else if (operation instanceof Operation.Get get) {
            return Op.get(bytes(get.key()), GetOption.DEFAULT);
        }
        return Op.get(
                bytes(((Operation.GetRevision) operation).key()),
                GetOption.builder().withKeysOnly(true).build());
    }
}
