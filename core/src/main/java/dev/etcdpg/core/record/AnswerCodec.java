package dev.etcdpg.core.record;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Converts {@link EtcdRecord.Answer}. */
final class AnswerCodec {

    private static final Schema SCHEMA = ControlFields.schema("Answer")
            .field("key", Schema.STRING_SCHEMA)
            .field("origin", Schema.STRING_SCHEMA)
            .field("of", Schema.INT64_SCHEMA)
            .field("outcome", Schema.STRING_SCHEMA)
            .field("reason", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private AnswerCodec() {}

    static Struct encode(EtcdRecord.Answer record) {
        return ControlFields.struct(SCHEMA, record)
                .put("key", record.key())
                .put("origin", record.origin())
                .put("of", record.of())
                .put("outcome", record.outcome().wire())
                .put("reason", record.reason());
    }

    static EtcdRecord.Answer decode(Fields fields) {
        return new EtcdRecord.Answer(
                ControlFields.chain(fields),
                fields.key(),
                ControlFields.revision(fields),
                fields.text("origin"),
                fields.number("of"),
                Outcome.ofWire(fields.text("outcome")),
                fields.textOrNull("reason"));
    }
}
