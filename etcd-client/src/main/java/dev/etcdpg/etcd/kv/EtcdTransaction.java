package dev.etcdpg.etcd.kv;

import java.util.List;

/**
 * One etcd transaction.
 *
 * @param conditions all of them must hold for {@code then}
 * @param then operations if all conditions hold; no key may be written twice
 * @param otherwise operations if a condition does not hold
 */
public record EtcdTransaction(List<Condition> conditions, List<Operation> then, List<Operation> otherwise) {

    public EtcdTransaction {
        conditions = List.copyOf(conditions);
        then = List.copyOf(then);
        otherwise = List.copyOf(otherwise);
    }

    /** Operations without a condition. */
    public static EtcdTransaction of(List<Operation> operations) {
        return new EtcdTransaction(List.of(), operations, List.of());
    }

    /** A condition on one key, checked when the transaction commits. */
    public sealed interface Condition {

        EtcdBytes key();

        /** The key has this mod_revision; 0: the key is absent. */
        record AtRevision(EtcdBytes key, long modRevision) implements Condition {}

        /** The key exists. */
        record Present(EtcdBytes key) implements Condition {}

        /** The key exists and has this value. */
        record HasValue(EtcdBytes key, EtcdBytes value) implements Condition {}

        /** Holds for no key. etcd checks the permissions of a branch even if it cannot be taken. */
        record Never(EtcdBytes key) implements Condition {}
    }

    /** One operation of a transaction. */
    public sealed interface Operation {

        /** @param lease 0 for none */
        record Put(EtcdBytes key, EtcdBytes value, long lease) implements Operation {

            /** A put without a lease. */
            public Put(EtcdBytes key, EtcdBytes value) {
                this(key, value, 0);
            }
        }

        record Delete(EtcdBytes key) implements Operation {}

        record DeleteSpan(KeySpan span) implements Operation {}

        /** Reads the revision and the value of a key. */
        record Get(EtcdBytes key) implements Operation {}

        /** Reads the revision of a key without its value. */
        record GetRevision(EtcdBytes key) implements Operation {}
    }
}
