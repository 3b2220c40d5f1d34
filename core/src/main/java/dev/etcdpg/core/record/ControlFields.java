package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** The fields that several kinds of {@link EtcdRecord} share: the chain, the revision and a key range. */
final class ControlFields {

    private ControlFields() {}

    /** Begins a schema with the fields of every control record. */
    static SchemaBuilder schema(String name) {
        return chainSchema(SchemaBuilder.struct().name("dev.etcdpg." + name).field("kind", Schema.STRING_SCHEMA))
                .field("epoch", Schema.INT64_SCHEMA)
                .field("revision", Schema.INT64_SCHEMA);
    }

    static SchemaBuilder chainSchema(SchemaBuilder builder) {
        return builder.field("number", Schema.INT64_SCHEMA)
                .field("previous", Schema.INT64_SCHEMA)
                .field("range_after", Schema.STRING_SCHEMA)
                .field("range_through", Schema.STRING_SCHEMA)
                .field("prefix", Schema.STRING_SCHEMA)
                .field("name", Schema.STRING_SCHEMA)
                .field("cluster_id", Schema.STRING_SCHEMA);
    }

    static SchemaBuilder rangeSchema(SchemaBuilder builder) {
        return builder.field("after", Schema.STRING_SCHEMA).field("through", Schema.STRING_SCHEMA);
    }

    /** Returns a struct in which the fields of every control record are set. */
    static Struct struct(Schema schema, EtcdRecord record) {
        return putRevision(putChain(new Struct(schema), record.chain()), record.at())
                .put("kind", EtcdRecordCodec.wire(record.kind()));
    }

    static Struct putChain(Struct struct, Chain chain) {
        return struct.put("number", chain.number())
                .put("previous", chain.previous())
                .put("range_after", chain.range().after())
                .put("range_through", chain.range().through())
                .put("prefix", chain.source().prefix())
                .put("name", chain.source().name())
                .put("cluster_id", chain.source().clusterId());
    }

    static Struct putRevision(Struct struct, Revision at) {
        return struct.put("epoch", at.epoch()).put("revision", at.revision());
    }

    static Struct putRange(Struct struct, KeyRange range) {
        return struct.put("after", range.after()).put("through", range.through());
    }

    static Chain chain(Fields fields) {
        Chain chain = fields.chain();
        return new Chain(
                chain.number(),
                chain.previous(),
                new KeyRange(fields.bound("range_after"), fields.bound("range_through")),
                new EtcdRecord.Source(fields.text("prefix"), fields.text("name"), fields.text("cluster_id")));
    }

    static Revision revision(Fields fields) {
        return new Revision(
                fields.number("epoch", 0, Revision.MAX_EPOCH), fields.number("revision", 0, Revision.MAX_REVISION));
    }

    /** Reads the field {@code snapshot_revision}. Returns 0 if the field is missing. */
    static long snapshotRevision(Fields fields) {
        return fields.has("snapshot_revision") ? fields.number("snapshot_revision", 0, Revision.MAX_REVISION) : 0;
    }

    static int partitions(Fields fields) {
        return (int) fields.number("partitions", 1, Integer.MAX_VALUE);
    }
}
