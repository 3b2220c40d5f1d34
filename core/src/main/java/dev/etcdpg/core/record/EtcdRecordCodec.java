package dev.etcdpg.core.record;

import dev.etcdpg.core.record.EtcdRecord.Kind;
import java.util.Locale;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Converts {@link EtcdRecord} to and from Connect data. Events have the shape of Debezium's envelope, so that Debezium's SMTs and sinks can
 * read them. Every other kind is a control record: it has a field {@code kind}, a schema of its own and the header {@value
 * #CONTROL_HEADER}. Foreign sinks can drop control records with Kafka's {@code Filter} and the predicate {@code HasHeaderKey}.
 */
public final class EtcdRecordCodec {

    /** Header of every control record; its value is the kind. */
    public static final String CONTROL_HEADER = "etcdpg.control";

    /** Header of every control record: the topic partition to which the record was written. The record is about keys of this partition only. */
    public static final String PARTITION_HEADER = "etcdpg.partition";

    private EtcdRecordCodec() {}

    /** Returns the kind of a control record, for {@link #CONTROL_HEADER}; null for events. */
    public static @Nullable String controlKind(EtcdRecord record) {
        return record.kind() == Kind.EVENT ? null : wire(record.kind());
    }

    /**
     * @param before the field {@code before} of an event's envelope; null for none
     * @param now milliseconds since 1970, for the field {@code ts_ms} of an event's envelope
     */
    public static SchemaAndValue encode(EtcdRecord record, EtcdRecord.@Nullable Row before, long now) {
        Struct value =
                switch (record.kind()) {
                    case EVENT -> EventCodec.encode((EtcdRecord.Event) record, before, now);
                    case UNREPRESENTABLE -> UnrepresentableCodec.encode((EtcdRecord.Unrepresentable) record);
                    case MANIFEST -> ManifestCodec.encode((EtcdRecord.Manifest) record);
                    case END -> EndCodec.encode((EtcdRecord.End) record);
                    case ANSWER -> AnswerCodec.encode((EtcdRecord.Answer) record);
                    case HEARTBEAT -> HeartbeatCodec.encode((EtcdRecord.Heartbeat) record);
                };
        return new SchemaAndValue(value.schema(), value);
    }

    /** @throws DataException if the value is not such a record; the message names the field and contains no value */
    public static EtcdRecord decode(@Nullable Object value) {
        Fields fields = Fields.of(value);
        if (fields.has("source")) {
            return EventCodec.decode(fields);
        }
        String kind = fields.text("kind");
        return switch (kind) {
            case "unrepresentable" -> UnrepresentableCodec.decode(fields);
            case "manifest" -> ManifestCodec.decode(fields);
            case "end" -> EndCodec.decode(fields);
            case "answer" -> AnswerCodec.decode(fields);
            case "heartbeat" -> HeartbeatCodec.decode(fields);
            default -> throw Fields.unknown("kind", kind);
        };
    }

    static String wire(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
