package dev.etcdpg.core.record;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** Converts {@link EtcdRecord.Event}. The structure is Debezium's envelope; the chain is in {@code source}. */
final class EventCodec {

    static final String DELETE = "d";

    private static final Schema ROW = SchemaBuilder.struct()
            .name("dev.etcdpg.Row")
            .optional()
            .field("key", Schema.STRING_SCHEMA)
            .field("value", Schema.OPTIONAL_STRING_SCHEMA)
            .field("create_revision", Schema.INT64_SCHEMA)
            .field("mod_revision", Schema.INT64_SCHEMA)
            .field("version", Schema.INT64_SCHEMA)
            .field("lease", Schema.INT64_SCHEMA)
            .build();

    private static final Schema SOURCE = ControlFields.chainSchema(
                    SchemaBuilder.struct().name("dev.etcdpg.Source"))
            .field("connector", Schema.STRING_SCHEMA)
            .field("epoch", Schema.INT64_SCHEMA)
            .field("revision", Schema.INT64_SCHEMA)
            .field("snapshot", Schema.STRING_SCHEMA)
            .field("snapshot_revision", Schema.INT64_SCHEMA)
            .build();

    private static final Schema ENVELOPE = SchemaBuilder.struct()
            .name("dev.etcdpg.Envelope")
            .field("before", ROW)
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();

    private EventCodec() {}

    static Struct encode(EtcdRecord.Event event, EtcdRecord.@Nullable Row before, long now) {
        Struct source = ControlFields.putRevision(ControlFields.putChain(new Struct(SOURCE), event.chain()), event.at())
                .put("connector", "etcd")
                .put("snapshot", Boolean.toString(event.isSnapshot()))
                .put("snapshot_revision", event.snapshotRevision());
        return new Struct(ENVELOPE)
                .put("before", before(event, before))
                .put("after", event.after() == null ? null : row(event.after()))
                .put("source", source)
                .put("op", op(event))
                .put("ts_ms", now);
    }

    private static @Nullable Struct before(EtcdRecord.Event event, EtcdRecord.@Nullable Row before) {
        if (before != null) {
            return row(before);
        }
        // Debezium's consumers read the key of a delete from "before".
        return event.after() == null
                ? new Struct(ROW)
                        .put("key", event.key())
                        .put("create_revision", 0L)
                        .put("mod_revision", 0L)
                        .put("version", 0L)
                        .put("lease", 0L)
                : null;
    }

    private static String op(EtcdRecord.Event event) {
        if (event.after() == null) {
            return DELETE;
        } else if (event.isSnapshot()) {
            return "r";
        }
        return event.after().version() == 1 ? "c" : "u";
    }

    private static Struct row(EtcdRecord.Row row) {
        return new Struct(ROW)
                .put("key", row.key())
                .put("value", row.value())
                .put("create_revision", row.createRevision())
                .put("mod_revision", row.modRevision())
                .put("version", row.version())
                .put("lease", row.lease());
    }

    static EtcdRecord.Event decode(Fields envelope) {
        Fields source = envelope.struct("source");
        String key = key(envelope);
        EtcdRecord.Row after = null;
        if (envelope.has("after")) {
            Fields row = envelope.struct("after");
            after = new EtcdRecord.Row(
                    key,
                    row.text("value"),
                    row.number("create_revision"),
                    row.number("mod_revision"),
                    row.number("version"),
                    row.numberOrZero("lease"));
        }
        return new EtcdRecord.Event(
                ControlFields.chain(source),
                key,
                after,
                ControlFields.revision(source),
                ControlFields.snapshotRevision(source));
    }

    /** @throws DataException also if the envelope is a delete with a value, or a put without a value */
    static String key(Fields envelope) {
        if (envelope.text("op").equals(DELETE) == envelope.has("after")) {
            throw new DataException("fields \"op\" and \"after\" contradict each other");
        }
        return envelope.struct(envelope.has("after") ? "after" : "before").key();
    }
}
