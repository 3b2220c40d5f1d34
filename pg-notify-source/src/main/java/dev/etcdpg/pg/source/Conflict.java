package dev.etcdpg.pg.source;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** The record of a change that lost to one made in etcd, in the conflicts topic. */
final class Conflict {

    static final Schema SCHEMA = SchemaBuilder.struct()
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

    private Conflict() {}

    static SchemaAndValue encode(String origin, Send lost) {
        return new SchemaAndValue(
                SCHEMA,
                new Struct(SCHEMA)
                        .put("number", lost.number())
                        .put("origin", origin)
                        .put("route", lost.route())
                        .put("key", lost.key())
                        .put("op", lost.op())
                        .put("value", lost.value())
                        .put("author", lost.author())
                        .put("changed_at", lost.changedAt().toString())
                        .put("change_id", lost.change())
                        .put("send_number", lost.of())
                        .put("base_epoch", lost.baseEpoch())
                        .put("base_revision", lost.baseRevision())
                        .put("won_epoch", lost.wonEpoch())
                        .put("won_revision", lost.wonRevision())
                        .put("reason", lost.reason())
                        .put("applied_late", lost.appliedLate()));
    }
}
