package dev.etcdpg.pg.source;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Encodes the records of the conflicts topic. Fields have the names of the columns of {@code etcd_conflict}. */
final class ConflictCodec {

    private static final Schema SCHEMA = SchemaBuilder.struct()
            .name("dev.etcdpg.Conflict")
            .field("number", Schema.INT64_SCHEMA)
            .field("origin", Schema.STRING_SCHEMA)
            .field("route", Schema.STRING_SCHEMA)
            .field("key", Schema.STRING_SCHEMA)
            .field("op", Schema.STRING_SCHEMA)
            .field("value", Schema.OPTIONAL_STRING_SCHEMA)
            .field("author", Schema.STRING_SCHEMA)
            .field("changed_at", Schema.STRING_SCHEMA)
            .field("change_id", Schema.INT64_SCHEMA)
            .field("send_number", Schema.OPTIONAL_INT64_SCHEMA)
            .field("base_epoch", Schema.INT64_SCHEMA)
            .field("base_revision", Schema.INT64_SCHEMA)
            .field("won_epoch", Schema.INT64_SCHEMA)
            .field("won_revision", Schema.INT64_SCHEMA)
            .field("reason", Schema.STRING_SCHEMA)
            .field("applied_late", Schema.BOOLEAN_SCHEMA)
            .build();

    private ConflictCodec() {}

    /** @param origin UUID of the database that made the change */
    static SchemaAndValue encode(String origin, Send.Conflict lost) {
        return new SchemaAndValue(
                SCHEMA,
                new Struct(SCHEMA)
                        .put("number", lost.number())
                        .put("origin", origin)
                        .put("route", lost.routeName())
                        .put("key", lost.key())
                        .put("op", lost.value() == null ? "delete" : "put")
                        .put("value", lost.value())
                        .put("author", lost.author())
                        .put("changed_at", lost.changedAt().toString())
                        .put("change_id", lost.changeId())
                        .put("send_number", lost.sendNumber())
                        .put("base_epoch", lost.base().epoch())
                        .put("base_revision", lost.base().revision())
                        .put("won_epoch", lost.won().epoch())
                        .put("won_revision", lost.won().revision())
                        .put("reason", lost.reason())
                        .put("applied_late", lost.isAppliedLate()));
    }
}
