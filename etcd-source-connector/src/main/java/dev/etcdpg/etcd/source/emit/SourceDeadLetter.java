package dev.etcdpg.etcd.source.emit;

import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.RecordKey;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;

/** A record of the dead letter topic: a key or a value, as bytes, that PostgreSQL text cannot hold. */
final class SourceDeadLetter {

    static final String VALUE_NOT_TEXT = "the value is not UTF-8 or contains a NUL";

    private static final String REASON_HEADER = "etcdpg.reason";

    private static final Schema SCHEMA = SchemaBuilder.struct()
            .name("dev.etcdpg.DeadLetter")
            .field("route", Schema.STRING_SCHEMA)
            .field("key", Schema.BYTES_SCHEMA)
            .field("value", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("epoch", Schema.INT64_SCHEMA)
            .field("revision", Schema.INT64_SCHEMA)
            .field("reason", Schema.STRING_SCHEMA)
            .build();

    private SourceDeadLetter() {}

    static UnsealedRecords.Draft of(String topic, Route route, KeyChange change, long epoch, String reason) {
        Struct value = new Struct(SCHEMA)
                .put("route", route.name())
                .put("key", change.key())
                .put("value", change.value())
                .put("epoch", epoch)
                .put("revision", change.modRevision())
                .put("reason", reason);
        return new UnsealedRecords.Draft(
                topic,
                null,
                RecordKey.text(change.key()).orElse(null),
                new SchemaAndValue(SCHEMA, value),
                new ConnectHeaders().addString(REASON_HEADER, reason));
    }
}
