package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Converts {@link EtcdRecord.End}. */
final class EndCodec {

    private static final Schema SCHEMA = ControlFields.rangeSchema(ControlFields.schema("End"))
            .field("request", Schema.INT64_SCHEMA)
            .field("partitions", Schema.INT32_SCHEMA)
            .build();

    private EndCodec() {}

    static Struct encode(EtcdRecord.End record) {
        return ControlFields.putRange(ControlFields.struct(SCHEMA, record), record.range())
                .put("request", record.request())
                .put("partitions", record.partitions());
    }

    static EtcdRecord.End decode(Fields fields) {
        return new EtcdRecord.End(
                ControlFields.chain(fields),
                new KeyRange(fields.bound("after"), fields.bound("through")),
                ControlFields.revision(fields),
                fields.number("request", 0, Chain.MAX_NUMBER),
                ControlFields.partitions(fields));
    }
}
