package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Converts {@link PgRecord} to and from Connect data. All kinds have one flat schema, so that a flat outbox table read by Debezium can
 * produce the same records.
 */
public final class PgRecordCodec {

    public static final Schema SEND = SchemaBuilder.struct()
            .name("dev.etcdpg.Send")
            .field("number", Schema.INT64_SCHEMA)
            .field("previous", Schema.INT64_SCHEMA)
            .field("kind", Schema.STRING_SCHEMA)
            .field("origin", Schema.STRING_SCHEMA)
            .field("database", Schema.OPTIONAL_STRING_SCHEMA)
            .field("route", Schema.STRING_SCHEMA)
            .field("prefix", Schema.OPTIONAL_STRING_SCHEMA)
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

    private static final String PUT = "put";
    private static final String DELETE = "delete";

    private static final Pattern ORIGIN = Pattern.compile("[0-9A-Za-z-]{1,64}");
    private static final Pattern DATABASE = Pattern.compile("[0-9A-Za-z/._:-]{1,128}");

    private PgRecordCodec() {}

    /** Encodes a record that names neither its database nor the prefix of its route. */
    public static SchemaAndValue encode(PgRecord record) {
        return encode(record, null, null);
    }

    /**
     * Encodes a record.
     *
     * @param database see {@link #database}; null if unknown
     * @param prefix see {@link #prefix}; null if unknown
     */
    public static SchemaAndValue encode(PgRecord record, @Nullable String database, @Nullable String prefix) {
        Struct value = new Struct(SEND)
                .put("number", record.chain().number())
                .put("previous", record.chain().previous())
                .put("kind", record.kind().name().toLowerCase(Locale.ROOT))
                .put("origin", record.origin())
                .put("database", database)
                .put("route", record.route())
                .put("prefix", prefix)
                .put("key", record.key());
        switch (record.kind()) {
            case CHANGE -> put(value, (PgRecord.Change) record);
            case PROBE -> value.put("of", ((PgRecord.Probe) record).of());
            case REQUEST -> put(value, (PgRecord.Request) record);
            case NEW_EPOCH -> put(value, (PgRecord.NewEpoch) record);
            case HEARTBEAT -> {
                // has no fields of its own
            }
        }
        return new SchemaAndValue(SEND, value);
    }

    private static void put(Struct struct, PgRecord.Change change) {
        struct.put("op", change.value() == null ? DELETE : PUT)
                .put("value", change.value())
                .put("base_epoch", change.base().epoch())
                .put("base_revision", change.base().revision())
                .put("lease", change.lease())
                .put("author", change.author());
    }

    private static void put(Struct struct, PgRecord.Request request) {
        struct.put("of", request.request())
                .put("after", request.range().after())
                .put("through", request.range().through());
    }

    private static void put(Struct struct, PgRecord.NewEpoch newEpoch) {
        struct.put("base_epoch", newEpoch.found()).put("reason", newEpoch.reason());
    }

    /** Returns whether the value is meant to be such a record. Other values are plain records, which have no base. */
    public static boolean isSend(@Nullable Object value) {
        if (!(value instanceof Struct) && !(value instanceof Map)) {
            return false;
        }
        Fields fields = Fields.of(value);
        return fields.has("kind") && fields.has("number") && fields.has("origin");
    }

    /** @throws DataException if the value is not such a record; the message names the field and contains no value */
    public static PgRecord decode(@Nullable Object value) {
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

    /**
     * Returns the name of the database that has sent the record; null if the record does not name it. Two databases with one origin are copies
     * of each other, and their names differ.
     *
     * @throws DataException if the field is malformed; the message contains no value
     */
    public static @Nullable String database(@Nullable Object value) {
        String database = Fields.of(value).textOrNull("database");
        if (database != null && !DATABASE.matcher(database).matches()) {
            throw new DataException("field \"database\" must consist of letters, digits and /._:-, at most 128");
        }
        return database;
    }

    /**
     * Returns the prefix that the route has in the database; null if the record does not name it. An etcd sink whose setting names another prefix
     * is not meant by the record.
     *
     * @throws DataException if the field is malformed; the message contains no value
     */
    public static @Nullable String prefix(@Nullable Object value) {
        return Fields.of(value).textOrNull("prefix");
    }

    private static PgRecord.Change change(Fields fields, Chain chain, String origin, String route) {
        String op = fields.text("op");
        String value = fields.textOrNull("value");
        if (!op.equals(PUT) && !op.equals(DELETE)) {
            throw Fields.unknown("op", op);
        }
        if (op.equals(PUT) == (value == null)) {
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

    /**
     * Returns the version of a change, see {@link KeyVersion}. The version is the number and not the base, because a change can be sent again
     * on an older base.
     */
    static KeyVersion version(Fields fields) {
        return new KeyVersion(origin(fields), fields.key(), 0, fields.chain().number(), false);
    }

    /** Reads and checks the origin, which is part of etcd keys (between slashes) and of the progress that each transaction writes. */
    private static String origin(Fields fields) {
        String origin = fields.text("origin");
        if (!ORIGIN.matcher(origin).matches()) {
            throw new DataException("field \"origin\" must consist of letters, digits and -, at most 64");
        }
        return origin;
    }

    private static long number(Fields fields, String name) {
        return fields.number(name, 0, Chain.MAX_NUMBER);
    }
}
