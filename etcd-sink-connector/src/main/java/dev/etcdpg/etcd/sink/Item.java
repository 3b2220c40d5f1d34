package dev.etcdpg.etcd.sink;

import dev.etcdpg.common.record.PgRecord;
import dev.etcdpg.common.sink.DeadLetter;
import io.etcd.jetcd.ByteSequence;
import java.util.Optional;
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
    record Plain(SinkRecord record, ByteSequence key, ByteSequence value) implements Item {}

    /** A record that is none of these, for the dead letter topic. */
    record Bad(SinkRecord record, String reason) implements Item {

        DeadLetter letter() {
            return new DeadLetter(record, record.key() instanceof String key ? key : null, null, reason);
        }
    }

    /** The same, known to be too large for etcd; empty if that cannot be said of it, or was said already. */
    static Optional<Item> tooLarge(Item item, String reason) {
        if (item instanceof Plain plain) {
            return Optional.of(new Bad(plain.record(), reason));
        } else if (item instanceof Send sent && sent.send() instanceof PgRecord.Change && sent.impossible() == null) {
            return Optional.of(new Send(sent.record(), sent.send(), reason));
        }
        return Optional.empty();
    }
}
