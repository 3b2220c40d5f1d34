package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * {@link EtcdRecord} to and from Connect data. Events have the shape of Debezium's envelope, so that its SMTs and sinks read them too; every
 * other kind has a field {@code kind} and a schema of its own, and carries the header {@value #CONTROL_HEADER}, so that foreign sinks can
 * leave them out with Kafka's {@code Filter} and the predicate {@code HasHeaderKey}.
 */
public final class EtcdRecordCodec {

    /** Header of every record that is not an event; its value is the kind. */
    public static final String CONTROL_HEADER = "etcdpg.control";

    /** Of the same records the topic partition that they were written to: what they say holds of no other. */
    public static final String PARTITION_HEADER = "etcdpg.partition";

    public static final Schema ROW = SchemaBuilder.struct()
            .name("dev.etcdpg.Row")
            .optional()
            .field("key", Schema.STRING_SCHEMA)
            .field("value", Schema.OPTIONAL_STRING_SCHEMA)
            .field("create_revision", Schema.INT64_SCHEMA)
            .field("mod_revision", Schema.INT64_SCHEMA)
            .field("version", Schema.INT64_SCHEMA)
            .field("lease", Schema.INT64_SCHEMA)
            .build();

    public static final Schema SOURCE = chained(SchemaBuilder.struct().name("dev.etcdpg.Source"))
            .field("connector", Schema.STRING_SCHEMA)
            .field("name", Schema.STRING_SCHEMA)
            .field("cluster_id", Schema.STRING_SCHEMA)
            .field("epoch", Schema.INT64_SCHEMA)
            .field("revision", Schema.INT64_SCHEMA)
            .field("snapshot", Schema.STRING_SCHEMA)
            .field("snapshot_revision", Schema.INT64_SCHEMA)
            .build();

    public static final Schema ENVELOPE = SchemaBuilder.struct()
            .name("dev.etcdpg.Envelope")
            .field("before", ROW)
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();

    public static final Schema UNREPRESENTABLE = control("Unrepresentable")
            .field("key", Schema.STRING_SCHEMA)
            .field("snapshot_revision", Schema.INT64_SCHEMA)
            .field("lease", Schema.INT64_SCHEMA)
            .field("reason", Schema.STRING_SCHEMA)
            .build();

    public static final Schema MANIFEST = control("Manifest")
            .field("after", Schema.STRING_SCHEMA)
            .field("through", Schema.STRING_SCHEMA)
            .field("keys", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
            .field("partitions", Schema.INT32_SCHEMA)
            .build();

    public static final Schema END = control("End")
            .field("after", Schema.STRING_SCHEMA)
            .field("through", Schema.STRING_SCHEMA)
            .field("request", Schema.INT64_SCHEMA)
            .field("partitions", Schema.INT32_SCHEMA)
            .build();

    public static final Schema ANSWER = control("Answer")
            .field("key", Schema.STRING_SCHEMA)
            .field("origin", Schema.STRING_SCHEMA)
            .field("of", Schema.INT64_SCHEMA)
            .field("outcome", Schema.STRING_SCHEMA)
            .field("reason", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    public static final Schema HEARTBEAT = control("Heartbeat").build();

    private EtcdRecordCodec() {}

    private static SchemaBuilder chained(SchemaBuilder builder) {
        return builder.field("number", Schema.INT64_SCHEMA)
                .field("previous", Schema.INT64_SCHEMA)
                .field("range_after", Schema.STRING_SCHEMA)
                .field("range_through", Schema.STRING_SCHEMA);
    }

    private static SchemaBuilder control(String name) {
        return chained(SchemaBuilder.struct().name("dev.etcdpg." + name).field("kind", Schema.STRING_SCHEMA))
                .field("epoch", Schema.INT64_SCHEMA)
                .field("revision", Schema.INT64_SCHEMA);
    }

    /** The kind of a record that is not an event, for {@link #CONTROL_HEADER}; null for events. */
    public static String controlKind(EtcdRecord record) {
        if (record instanceof EtcdRecord.Event) {
            return null;
        } else if (record instanceof EtcdRecord.Unrepresentable) {
            return "unrepresentable";
        } else if (record instanceof EtcdRecord.Manifest) {
            return "manifest";
        } else if (record instanceof EtcdRecord.End) {
            return "end";
        } else if (record instanceof EtcdRecord.Answer) {
            return "answer";
        }
        return "heartbeat";
    }

    /** The etcd key, which is the record's key; null for what speaks of no single key. */
    public static String key(EtcdRecord record) {
        if (record instanceof EtcdRecord.Event event) {
            return event.key();
        } else if (record instanceof EtcdRecord.Unrepresentable event) {
            return event.key();
        } else if (record instanceof EtcdRecord.Answer answer) {
            return answer.key();
        }
        return null;
    }

    /**
     * @param before what {@code before} of an event's envelope holds, null for nothing
     * @param now milliseconds since 1970, for {@code ts_ms}
     */
    public static SchemaAndValue encode(EtcdRecord record, EtcdRecord.Row before, long now) {
        Struct value;
        if (record instanceof EtcdRecord.Event event) {
            value = envelope(event, before, now);
        } else if (record instanceof EtcdRecord.Unrepresentable e) {
            value = control(UNREPRESENTABLE, record, e.at())
                    .put("key", e.key())
                    .put("snapshot_revision", e.snapshotRevision())
                    .put("lease", e.lease())
                    .put("reason", e.reason());
        } else if (record instanceof EtcdRecord.Manifest m) {
            value = range(control(MANIFEST, record, m.at()), m.page())
                    .put("keys", m.keys())
                    .put("partitions", m.partitions());
        } else if (record instanceof EtcdRecord.End end) {
            value = range(control(END, record, end.at()), end.range())
                    .put("request", end.request())
                    .put("partitions", end.partitions());
        } else if (record instanceof EtcdRecord.Answer a) {
            value = control(ANSWER, record, a.at())
                    .put("key", a.key())
                    .put("origin", a.origin())
                    .put("of", a.of())
                    .put("outcome", a.outcome().wire())
                    .put("reason", a.reason());
        } else {
            value = control(HEARTBEAT, record, ((EtcdRecord.Heartbeat) record).at());
        }
        return new SchemaAndValue(value.schema(), value);
    }

    /** @throws DataException if the value is not such a record; the message says which field, and holds no value */
    public static EtcdRecord decode(Object value) {
        Fields fields = Fields.of(value);
        if (fields.has("source")) {
            return event(fields);
        }
        Chain chain = chain(fields);
        Revision at = at(fields);
        String kind = fields.text("kind");
        return switch (kind) {
            case "unrepresentable" ->
                new EtcdRecord.Unrepresentable(
                        chain,
                        fields.key(),
                        at,
                        snapshotRevision(fields),
                        fields.number("lease"),
                        fields.text("reason"));
            case "manifest" ->
                new EtcdRecord.Manifest(chain, range(fields), at, fields.texts("keys"), partitions(fields));
            case "end" ->
                new EtcdRecord.End(
                        chain,
                        new KeyRange(fields.bound("after"), fields.bound("through")),
                        at,
                        fields.number("request", 0, Chain.MAX_NUMBER),
                        partitions(fields));
            case "answer" ->
                new EtcdRecord.Answer(
                        chain,
                        fields.key(),
                        at,
                        fields.text("origin"),
                        fields.number("of"),
                        Outcome.ofWire(fields.text("outcome")),
                        fields.textOrNull("reason"));
            case "heartbeat" -> new EtcdRecord.Heartbeat(chain, at);
            default -> throw Fields.unknown("kind", kind);
        };
    }

    private static Struct envelope(EtcdRecord.Event event, EtcdRecord.Row before, long now) {
        Struct source = chain(new Struct(SOURCE), event.chain())
                .put("connector", "etcd")
                .put("name", event.source().name())
                .put("cluster_id", event.source().clusterId())
                .put("epoch", event.at().epoch())
                .put("revision", event.at().revision())
                .put("snapshot", Boolean.toString(event.isSnapshot()))
                .put("snapshot_revision", event.snapshotRevision());
        Struct key = row(before);
        if (key == null && event.after() == null) {
            // Debezium's consumers of a delete look for the key in "before"
            key = row(new EtcdRecord.Row(event.key(), null, 0, 0, 0, 0));
        }
        return new Struct(ENVELOPE)
                .put("before", key)
                .put("after", row(event.after()))
                .put("source", source)
                .put("op", op(event))
                .put("ts_ms", now);
    }

    private static String op(EtcdRecord.Event event) {
        if (event.after() == null) {
            return "d";
        } else if (event.isSnapshot()) {
            return "r";
        }
        return event.after().version() == 1 ? "c" : "u";
    }

    private static Struct row(EtcdRecord.Row row) {
        return row == null
                ? null
                : new Struct(ROW)
                        .put("key", row.key())
                        .put("value", row.value())
                        .put("create_revision", row.createRevision())
                        .put("mod_revision", row.modRevision())
                        .put("version", row.version())
                        .put("lease", row.lease());
    }

    private static Struct control(Schema schema, EtcdRecord record, Revision at) {
        return chain(new Struct(schema), record.chain())
                .put("kind", controlKind(record))
                .put("epoch", at.epoch())
                .put("revision", at.revision());
    }

    private static Struct range(Struct struct, KeyRange range) {
        return struct.put("after", range.after()).put("through", range.through());
    }

    private static Struct chain(Struct struct, Chain chain) {
        return struct.put("number", chain.number())
                .put("previous", chain.previous())
                .put("range_after", chain.range().after())
                .put("range_through", chain.range().through());
    }

    private static EtcdRecord.Event event(Fields envelope) {
        Fields source = envelope.struct("source");
        EtcdRecord.Row after = null;
        String key;
        if (envelope.text("op").equals("d") == envelope.has("after")) {
            throw new DataException("fields \"op\" and \"after\" contradict each other");
        }
        if (envelope.has("after")) {
            Fields row = envelope.struct("after");
            key = row.key();
            after = new EtcdRecord.Row(
                    key,
                    row.text("value"),
                    row.number("create_revision"),
                    row.number("mod_revision"),
                    row.number("version"),
                    row.numberOrZero("lease"));
        } else {
            key = envelope.struct("before").key();
        }
        return new EtcdRecord.Event(
                chain(source),
                key,
                after,
                at(source),
                snapshotRevision(source),
                new EtcdRecord.Source(source.textOrEmpty("name"), source.textOrEmpty("cluster_id")));
    }

    private static Chain chain(Fields fields) {
        Chain chain = fields.chain();
        return new Chain(
                chain.number(),
                chain.previous(),
                new KeyRange(fields.bound("range_after"), fields.bound("range_through")));
    }

    private static Revision at(Fields fields) {
        return new Revision(
                fields.number("epoch", 0, Revision.MAX_EPOCH), fields.number("revision", 0, Revision.MAX_REVISION));
    }

    private static long snapshotRevision(Fields fields) {
        return fields.has("snapshot_revision") ? fields.number("snapshot_revision", 0, Revision.MAX_REVISION) : 0;
    }

    private static int partitions(Fields fields) {
        return (int) fields.number("partitions", 1, Integer.MAX_VALUE);
    }

    private static KeyRange range(Fields fields) {
        return new KeyRange(fields.text("after"), fields.text("through"));
    }
}
