package dev.etcdpg.core.record;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Converts {@link EtcdRecord.Unrepresentable}. */
final class UnrepresentableCodec {

    private static final Schema SCHEMA = ControlFields.schema("Unrepresentable")
            .field("key", Schema.STRING_SCHEMA)
            .field("snapshot_revision", Schema.INT64_SCHEMA)
            .field("lease", Schema.INT64_SCHEMA)
            .field("reason", Schema.STRING_SCHEMA)
            .build();

    private UnrepresentableCodec() {}

    static Struct encode(EtcdRecord.Unrepresentable record) {
        return ControlFields.struct(SCHEMA, record)
                .put("key", record.key())
                .put("snapshot_revision", record.snapshotRevision())
                .put("lease", record.lease())
                .put("reason", record.reason());
    }

    static EtcdRecord.Unrepresentable decode(Fields fields) {
        return new EtcdRecord.Unrepresentable(
                ControlFields.chain(fields),
                fields.key(),
                ControlFields.revision(fields),
                ControlFields.snapshotRevision(fields),
                fields.number("lease"),
                fields.text("reason"));
    }
}
