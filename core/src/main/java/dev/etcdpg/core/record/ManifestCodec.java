package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Converts {@link EtcdRecord.Manifest}. */
final class ManifestCodec {

    private static final Schema SCHEMA = ControlFields.rangeSchema(ControlFields.schema("Manifest"))
            .field("keys", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
            .field("partitions", Schema.INT32_SCHEMA)
            .build();

    private ManifestCodec() {}

    static Struct encode(EtcdRecord.Manifest record) {
        return ControlFields.putRange(ControlFields.struct(SCHEMA, record), record.page())
                .put("keys", record.keys())
                .put("partitions", record.partitions());
    }

    static EtcdRecord.Manifest decode(Fields fields) {
        return new EtcdRecord.Manifest(
                ControlFields.chain(fields),
                // the bounds of a page are keys, which can be longer than the bounds of a source's range
                new KeyRange(fields.text("after"), fields.text("through")),
                ControlFields.revision(fields),
                fields.texts("keys"),
                ControlFields.partitions(fields));
    }
}
