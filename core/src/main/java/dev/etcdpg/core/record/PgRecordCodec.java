package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * {@link PgRecord} to and from Connect data: one flat schema for every kind, because the outbox table that Debezium reads is flat too.
 */
public final class PgRecordCodec {

    public static final Schema SEND = SchemaBuilder.struct()
            .name("dev.etcdpg.Send")
            .field("number", Schema.INT64_SCHEMA)
            .field("previous", Schema.INT64_SCHEMA)
            .field("kind", Schema.STRING_SCHEMA)
            .field("origin", Schema.STRING_SCHEMA)
            .field("route", Schema.STRING_SCHEMA)
            .field("key", Schema.OPTIONAL_STRING_SCHEMA)
            .field("op", Schema.OPTIONAL_STRING_SCHEMA)
            .field("value", Schema.OPTIONAL_STRING_SCHEMA)
            .field("base_epoch", Schema.OPTIONAL_INT64_SCHEMA)
            .field("base_revision", Schema.OPTIONAL_INT64_SCHEMA)
            .field("lease", Schema.OPTIONAL_INT64_SCHEMA)
            .field("author", Schema.OPTIONAL_STRING_SCHEMA)
            .field("of", Schema.OPTIONAL_INT64_SCHEMA)
            .field("after", Schema.OPTIONAL_STRING_SCHEMA)
            .field("through", Schema.OPTIONAL_STRING_SCHEMA)
            .field("reason", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private static final Pattern ORIGIN = Pattern.compile("[0-9A-Za-z-]{1,64}");

    private PgRecordCodec() {}

    /** The etcd key, which is the record's key; null for what speaks of no single key. */
    public static String key(PgRecord record) {
        if (record instanceof PgRecord.Change change) {
            return change.key();
        } else if (record instanceof PgRecord.Probe probe) {
            return probe.key();
        }
        return null;
    }

    public static SchemaAndValue encode(PgRecord record) {
        Struct value = new Struct(SEND)
                .put("number", record.chain().number())
                .put("previous", record.chain().previous())
                .put("origin", record.origin())
                .put("route", record.route());
        if (record instanceof PgRecord.Change change) {
            value.put("kind", "change")
                    .put("key", change.key())
                    .put("op", change.value() == null ? "delete" : "put")
                    .put("value", change.value())
                    .put("base_epoch", change.base().epoch())
                    .put("base_revision", change.base().revision())
                    .put("lease", change.lease())
                    .put("author", change.author());
        } else if (record instanceof PgRecord.Probe probe) {
            value.put("kind", "probe").put("key", probe.key()).put("of", probe.of());
        } else if (record instanceof PgRecord.Request request) {
            value.put("kind", "request")
                    .put("of", request.request())
                    .put("after", request.range().after())
                    .put("through", request.range().through());
        } else if (record instanceof PgRecord.NewEpoch newEpoch) {
            value.put("kind", "new_epoch").put("base_epoch", newEpoch.found()).put("reason", newEpoch.reason());
        } else {
            value.put("kind", "heartbeat");
        }
        return new SchemaAndValue(SEND, value);
    }

    /** Whether the value is meant to be such a record; else a topic is plain and its records have no base. */
    public static boolean isSend(Object value) {
        if (!(value instanceof Struct) && !(value instanceof java.util.Map)) {
            return false;
        }
        Fields fields = Fields.of(value);
        return fields.has("kind") && fields.has("number") && fields.has("origin");
    }

    /** @throws DataException if the value is not such a record; the message says which field, and holds no value */
    public static PgRecord decode(Object value) {
        Fields fields = Fields.of(value);
        Chain chain = fields.chain();
        String origin = origin(fields);
        String route = fields.text("route");
        String kind = fields.text("kind");
        return switch (kind) {
            case "change" -> change(fields, chain, origin, route);
            case "probe" -> new PgRecord.Probe(chain, origin, route, fields.key(), number(fields, "of"));
            case "request" ->
                new PgRecord.Request(
                        chain,
                        origin,
                        route,
                        new KeyRange(fields.bound("after"), fields.bound("through")),
                        number(fields, "of"));
            case "new_epoch" ->
                new PgRecord.NewEpoch(
                        chain,
                        origin,
                        route,
                        fields.number("base_epoch", 0, Revision.MAX_EPOCH),
                        fields.textOrEmpty("reason"));
            case "heartbeat" -> new PgRecord.Heartbeat(chain, origin, route);
            default -> throw Fields.unknown("kind", kind);
        };
    }

    private static PgRecord.Change change(Fields fields, Chain chain, String origin, String route) {
        String op = fields.text("op");
        String value = fields.textOrNull("value");
        if (!op.equals("put") && !op.equals("delete")) {
            throw Fields.unknown("op", op);
        }
        if (op.equals("put") == (value == null)) {
            throw new DataException("fields \"op\" and \"value\" contradict each other");
        }
        return new PgRecord.Change(
                chain,
                origin,
                route,
                fields.key(),
                value,
                new Revision(
                        fields.number("base_epoch", 0, Revision.MAX_EPOCH),
                        fields.number("base_revision", 0, Revision.MAX_REVISION)),
                fields.numberOrZero("lease"),
                fields.textOrNull("author"));
    }

    /** It is a part of etcd keys, between slashes, and of the progress that every transaction writes. */
    private static String origin(Fields fields) {
        String origin = fields.text("origin");
        if (!ORIGIN.matcher(origin).matches()) {
            throw new DataException("field \"origin\" must be of letters, digits and -, at most 64");
        }
        return origin;
    }

    private static long number(Fields fields, String name) {
        return fields.number(name, 0, Chain.MAX_NUMBER);
    }
}
