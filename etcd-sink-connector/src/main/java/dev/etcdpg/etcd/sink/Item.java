package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.etcd.kv.EtcdBytes;
import org.apache.kafka.connect.sink.SinkRecord;

/** What one record of a topic asks for. */
sealed interface Item {

    /** As Connect delivered it. */
    SinkRecord record();

    /** Its offset in the topic that the consumer reads, whatever a transform made of the topic's name. */
    default long offset() {
        return record().originalKafkaOffset();
    }

    /**
     * A numbered send of a PostgreSQL database.
     *
     * @param impossible why etcd can never take it, null if nothing speaks against it
     */
    record Send(SinkRecord record, PgRecord send, String impossible) implements Item {

        /** What it is beside the answer that it gets: its sender may be nobody who looks for one. */
        Bad letter() {
            return new Bad(record, impossible);
        }
    }

    /**
     * A record of a plain topic: it overwrites.
     *
     * @param value null deletes
     */
    record Plain(SinkRecord record, EtcdBytes key, EtcdBytes value) implements Item {}

    /**
     * A record that is none of these, for the dead letter topic.
     *
     * @param reason a sentence with nothing of the record's value
     */
    record Bad(SinkRecord record, String reason) implements Item {

        DeadLetter letter() {
            return new DeadLetter(record, record.key() instanceof String key ? key : null, null, reason);
        }
    }

    /** The same, known to be too large for etcd: first it is to be answered so, and if not even the answer fits, it is bad. */
    static Item tooLarge(Item item, String reason) {
        if (item instanceof Send sent && sent.send() instanceof PgRecord.Change && sent.impossible() == null) {
            return new Send(sent.record(), sent.send(), reason);
        }
        return new Bad(item.record(), reason);
    }
}
