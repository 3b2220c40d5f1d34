package dev.etcdpg.etcd.sink.plan;

import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import java.util.Optional;

/**
 * Contribution of one record to a transaction.
 *
 * @param condition must hold when the transaction commits
 */
public record SinkStep(Optional<Condition> condition, Write write) {

    /** The write of a step. */
    public sealed interface Write {

        EtcdBytes key();

        /**
         * Puts a key of a route or a request.
         *
         * @param lease 0 for none
         */
        record Put(EtcdBytes key, EtcdBytes value, long lease) implements Write {}

        record Delete(EtcdBytes key) implements Write {}

        /** Puts an answer. It gets the lease of answers. */
        record Reply(EtcdBytes key, EtcdBytes value) implements Write {}
    }
}
