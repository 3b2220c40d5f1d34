package dev.etcdpg.etcd.sink.read;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.etcd.bookkeeping.ChainSender;
import dev.etcdpg.etcd.kv.EtcdBytes;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** An instruction to the sink, which one record of a topic gives. */
public sealed interface SinkInstruction {

    /** The record as Connect delivered it. */
    SinkRecord record();

    /** Returns the offset in the topic that the consumer reads. A transform may have changed the name of the topic in the record. */
    default long offset() {
        return record().originalKafkaOffset();
    }

    /** Returns the same instruction, marked as one that etcd can never execute. */
    default SinkInstruction refused(String reason) {
        return new Rejected(record(), reason);
    }

    /**
     * A numbered record of a PostgreSQL database.
     *
     * @param database the database that has sent the record; null if the record does not name it
     * @param impossible the reason why etcd can never execute the change; null if there is none. Such a change is answered as failed
     */
    record Send(SinkRecord record, PgRecord send, @Nullable String database, @Nullable String impossible)
            implements SinkInstruction {

        public long number() {
            return send.chain().number();
        }

        public ChainSender sender() {
            return new ChainSender(send.origin(), database);
        }

        public long previous() {
            return send.chain().previous();
        }

        /**
         * Marks the change at the first call, so that the change is answered as failed. If not even the answer fits, the second call rejects
         * the record.
         */
        @Override
        public SinkInstruction refused(String reason) {
            return send instanceof PgRecord.Change && impossible == null
                    ? new Send(record, send, database, reason)
                    : new Rejected(record, reason);
        }
    }

    /**
     * A record of a plain topic. It is written without a compare.
     *
     * @param value null to delete the key
     */
    record PlainWrite(SinkRecord record, EtcdBytes key, @Nullable EtcdBytes value) implements SinkInstruction {}

    /**
     * A record for the dead letter topic.
     *
     * @param reason a sentence for the user that contains nothing of the record's value
     */
    record Rejected(SinkRecord record, String reason) implements SinkInstruction {

        public DeadLetter letter() {
            return new DeadLetter(record, record.key() instanceof String key ? key : null, null, reason);
        }
    }
}
