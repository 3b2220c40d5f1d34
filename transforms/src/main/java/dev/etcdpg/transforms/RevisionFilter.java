package dev.etcdpg.transforms;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Version;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps stale records from a sink: those of a key of which something as new or newer has passed, at a lower offset of the same topic
 * partition. What snapshots found, manifests, end marks, answers, probes and records delivered again always pass, and so does whatever is
 * not a record of this project. The sinks' own guards stay the authority.
 *
 * @param <R> sink records only, for a source's records have no offsets
 */
public final class RevisionFilter<R extends ConnectRecord<R>> implements Transformation<R>, Versioned {

    private static final Logger LOG = LoggerFactory.getLogger(RevisionFilter.class);

    public static final String OVERVIEW_DOC =
            "Keeps stale records from a sink: those of a key of which something as new or newer has passed before. Compares etcd revisions on "
                    + "topics of the etcd source, send numbers on topics of a PostgreSQL source. For sink connectors only.";

    public static final String STALE_BEHAVIOR = "stale.behavior";
    public static final String MAX_KEYS = "max.keys";

    public static final ConfigDef CONFIG_DEF = new ConfigDef()
            .define(
                    STALE_BEHAVIOR,
                    Type.STRING,
                    "skip",
                    ConfigDef.CaseInsensitiveValidString.in("skip", "drop", "dead-letter"),
                    Importance.MEDIUM,
                    "What becomes of a stale record: skip (it is emptied into a heartbeat and passes with its numbers; this project's own "
                            + "sinks need them to notice losses), drop (for other sinks), or dead-letter (it is raised as an error, for the dead "
                            + "letter topic).")
            .define(
                    MAX_KEYS,
                    Type.INT,
                    100_000,
                    ConfigDef.Range.between(1, 100_000_000),
                    Importance.LOW,
                    "How many keys are remembered, those met last. Of others everything passes.");

    private enum Behavior {
        SKIP,
        DROP,
        DEAD_LETTER
    }

    private Behavior behavior;
    private Highest<Revision> revisions;
    private Highest<Long> numbers;

    @Override
    public void configure(Map<String, ?> configs) {
        AbstractConfig config = new AbstractConfig(CONFIG_DEF, configs);
        behavior = Behavior.valueOf(
                config.getString(STALE_BEHAVIOR).toUpperCase(Locale.ROOT).replace('-', '_'));
        revisions = new Highest<>(config.getInt(MAX_KEYS));
        numbers = new Highest<>(config.getInt(MAX_KEYS));
    }

    @Override
    public R apply(R record) {
        if (!(record instanceof SinkRecord sink)) {
            throw new ConnectException("RevisionFilter needs offsets: configure it for a sink connector.");
        }
        TopicPartition partition = new TopicPartition(sink.originalTopic(), sink.originalKafkaPartition());
        Found found = find(record);
        if (found == null) {
            return record;
        } else if (found.mayBeStale() && found.isStale(partition, sink.originalKafkaOffset())) {
            return stale(record, partition, sink.originalKafkaOffset(), found);
        }
        found.passed(partition, sink.originalKafkaOffset());
        return record;
    }

    /** Null for what is never stale and makes nothing else stale. */
    private Found find(R record) {
        Object value = record.value();
        if (!(value instanceof Struct) && !(value instanceof Map)) {
            return null;
        }
        try {
            return PgRecordCodec.isSend(value)
                    ? send(record.topic(), PgRecordCodec.decode(value))
                    : event(record.topic(), EtcdRecordCodec.decode(value));
        } catch (DataException e) {
            return null; // not ours, or broken: the sink will say so
        }
    }

    /** By the number and never by the base: a change that is sent again on an older base is news all the same. */
    private Found send(String topic, PgRecord send) {
        if (!(send instanceof PgRecord.Change change)) {
            return null;
        }
        PgRecord.Heartbeat emptied = new PgRecord.Heartbeat(change.chain(), change.origin(), change.route());
        return new Found.Of<>(
                numbers,
                new Highest.Subject(topic, change.origin(), change.key()),
                change.chain().number(),
                true,
                PgRecordCodec.encode(emptied));
    }

    private Found event(String topic, EtcdRecord record) {
        Revision at;
        boolean fromSnapshot;
        if (record instanceof EtcdRecord.Event event) {
            at = event.at();
            fromSnapshot = event.isSnapshot();
        } else if (record instanceof EtcdRecord.Unrepresentable event) {
            at = event.at();
            fromSnapshot = event.snapshotRevision() != 0;
        } else {
            return null;
        }
        return new Found.Of<>(
                revisions,
                new Highest.Subject(topic, "", EtcdRecordCodec.key(record)),
                at,
                !fromSnapshot,
                EtcdRecordCodec.encode(new EtcdRecord.Heartbeat(record.chain(), at), null, 0));
    }

    private R stale(R record, TopicPartition partition, long offset, Found found) {
        String what = partition + " offset " + offset + ": " + found + " is not newer than what has passed";
        LOG.debug("{}", what);
        return switch (behavior) {
            case DROP -> null;
            case DEAD_LETTER -> throw new DataException(what);
            case SKIP -> {
                Struct emptied = (Struct) found.emptied().value();
                boolean isMap = record.value() instanceof Map;
                Headers headers = record.headers().duplicate();
                headers.remove(EtcdRecordCodec.CONTROL_HEADER);
                headers.addString(EtcdRecordCodec.CONTROL_HEADER, "heartbeat");
                yield record.newRecord(
                        record.topic(),
                        record.kafkaPartition(),
                        record.keySchema(),
                        record.key(),
                        isMap ? null : emptied.schema(),
                        isMap ? map(emptied) : emptied,
                        record.timestamp(),
                        headers);
            }
        };
    }

    private static Map<String, Object> map(Struct struct) {
        Map<String, Object> map = new HashMap<>();
        for (Field field : struct.schema().fields()) {
            map.put(field.name(), struct.get(field));
        }
        return map;
    }

    @Override
    public ConfigDef config() {
        return CONFIG_DEF;
    }

    @Override
    public void close() {
        // holds nothing
    }

    @Override
    public String version() {
        return Version.get();
    }
}
