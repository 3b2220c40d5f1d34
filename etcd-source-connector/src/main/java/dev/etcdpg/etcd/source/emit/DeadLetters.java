package dev.etcdpg.etcd.source.emit;

import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.kv.KeyChange;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** What goes to the dead letter topic: a key or a value that PostgreSQL text can not hold, as bytes. */
public final class DeadLetters {

    public static final String REASON_HEADER = "etcdpg.reason";

    public static final Schema SCHEMA = SchemaBuilder.struct()
            .name("dev.etcdpg.DeadLetter")
            .field("route", Schema.STRING_SCHEMA)
            .field("key", Schema.BYTES_SCHEMA)
            .field("value", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("epoch", Schema.INT64_SCHEMA)
            .field("revision", Schema.INT64_SCHEMA)
            .field("reason", Schema.STRING_SCHEMA)
            .build();

    public static final String VALUE_NOT_TEXT = "the value is not UTF-8 or contains a NUL";

    private DeadLetters() {}

    public static Struct of(Route route, KeyChange change, long epoch, String reason) {
        return new Struct(SCHEMA)
                .put("route", route.name())
                .put("key", change.key())
                .put("value", change.value())
                .put("epoch", epoch)
                .put("revision", change.modRevision())
                .put("reason", reason);
    }

    public static String keyReason(byte[] key) {
        return key.length > Route.MAX_KEY_BYTES
                ? "the key has " + key.length + " bytes, more than " + Route.MAX_KEY_BYTES
                : "the key is not UTF-8 or contains a NUL";
    }
}
