package dev.etcdpg.transforms;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.config.Choices;
import dev.etcdpg.core.config.NearestName;
import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import dev.etcdpg.core.event.LogEvent;
import dev.etcdpg.core.metrics.TaskMetrics;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.core.record.KeyVersion;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.transforms.NewestVersions.Finding;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.metrics.Monitorable;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps stale records away from a sink. A record is stale if a record of the same key that is at least as new has passed before, at a lower
 * offset of the same topic partition. Records of snapshots, control records, probes, records that are delivered again and records of other
 * projects always pass. The sinks do not rely on the filter: they have guards of their own.
 *
 * <p>Workers before Kafka 4.1 do not have {@link Monitorable}. The archive of the plugin contains the interface for them, and the transform has JMX
 * beans there.
 *
 * <p>A malformed record always passes, because the sink must report it. It makes no other record stale: the sink cannot apply it, and a
 * valid record of the same version may follow, for example a dead letter that was corrected and sent again. The filter therefore decodes each
 * record whose version it remembers. It reads only the fields of the {@link KeyVersion} of other records that pass.
 *
 * @param <R> sink records only, because the records of a source have no offsets
 */
public final class RevisionFilter<R extends ConnectRecord<R>> implements Transformation<R>, Versioned, Monitorable {

    private static final Logger LOG = LoggerFactory.getLogger(RevisionFilter.class);

    public static final String OVERVIEW_DOC =
            "Keeps stale records away from a sink. A record is stale if a record of the same key that is at least as new has passed before. The "
                    + "transform compares etcd revisions on topics of the etcd source and send numbers on topics of a PostgreSQL source. It "
                    + "is for sink connectors only.";

    public static final String STALE_BEHAVIOR = "stale.behavior";
    public static final String MAX_KEYS = "max.keys";

    private enum Behavior {
        SKIP,
        DROP,
        DEAD_LETTER
    }

    /** Connect's own settings of a transform. */
    private static final Set<String> OF_CONNECT = Set.of("type", "predicate", "negate", "plugin.version");

    private static final Choices<Behavior> BEHAVIORS = Choices.hyphenated(Behavior.class);

    public static final ConfigDef CONFIG_DEF = define();

    private Behavior behavior = Behavior.SKIP;
    private NewestVersions newest = new NewestVersions(1);
    /** Null until the worker gives its plugin metrics, or until the first record if it has none. */
    private @Nullable FilterMetrics metrics;

    private static ConfigDef define() {
        ConfigDef def = new ConfigDef();
        new SettingGroup(def, "Filter")
                .add(
                        Setting.choice(STALE_BEHAVIOR, BEHAVIORS, Behavior.SKIP)
                                .described(
                                        "Stale behavior",
                                        "What the transform does with a stale record. skip: the record becomes a heartbeat that keeps its place in "
                                                + "the chain; this project's sinks need the chain to detect losses. drop: the record is removed, "
                                                + "for other sinks. dead-letter: the record is an error and goes to the dead letter topic."))
                .add(Setting.integer(MAX_KEYS, 1, 100_000_000)
                        .orElse(100_000)
                        .minor()
                        .described(
                                "Remembered keys",
                                "Largest number of keys that the transform remembers. The keys that were met last are remembered. "
                                        + "Records of other keys pass."));
        return def;
    }

    @Override
    public void configure(Map<String, ?> configs) {
        AbstractConfig config = new AbstractConfig(CONFIG_DEF, configs);
        behavior = BEHAVIORS.parse(config.getString(STALE_BEHAVIOR));
        newest = new NewestVersions(config.getInt(MAX_KEYS));
        unknownSettings(configs.keySet()).forEach(LOG::warn);
    }

    /** Returns a sentence about each setting that has no effect. */
    static List<String> unknownSettings(Collection<String> configured) {
        return configured.stream()
                .filter(name -> !CONFIG_DEF.names().contains(name) && !OF_CONNECT.contains(name))
                .sorted()
                .map(name -> "Unknown setting " + name + " of the transform RevisionFilter, which has no effect."
                        + NearestName.of(name, CONFIG_DEF.names())
                                .map(meant -> " Did you mean " + meant + "?")
                                .orElse(""))
                .toList();
    }

    /** Connect calls this method after {@link #configure}. */
    @Override
    public void withPluginMetrics(PluginMetrics plugin) {
        metrics = new FilterMetrics(TaskMetrics.of(plugin, System::nanoTime));
    }

    private FilterMetrics metrics() {
        if (metrics == null) {
            metrics = new FilterMetrics(TaskMetrics.ofTransform("RevisionFilter", System::nanoTime));
        }
        return metrics;
    }

    @Override
    public @Nullable R apply(R record) {
        metrics().record(newest.size());
        if (!(record instanceof SinkRecord sink)) {
            throw new ConnectException("RevisionFilter needs offsets. Configure it for a sink connector.");
        }
        KeyVersion version = KeyVersion.peek(record.value());
        if (version == null) {
            return record;
        }
        Finding finding = newest.compare(version, sink);
        if (finding == Finding.REPEATED) {
            return record;
        }
        Supplier<Struct> heartbeat;
        try {
            heartbeat = decode(record.value());
        } catch (DataException e) {
            return record;
        }
        if (finding == Finding.NEWER) {
            newest.remember(version, sink);
            return record;
        }
        return replace(record, sink, version, heartbeat);
    }

    private @Nullable R replace(R record, SinkRecord sink, KeyVersion version, Supplier<Struct> heartbeat) {
        String message = sink.originalTopic() + "-" + sink.originalKafkaPartition() + " offset "
                + sink.originalKafkaOffset() + ": " + version + " is not newer than a record that has passed";
        LOG.debug("{}", message);
        metrics().stale();
        LogEvent.of("stale")
                .key(version.key())
                .with("topic", sink.originalTopic())
                .with("partition", sink.originalKafkaPartition())
                .with("offset", sink.originalKafkaOffset())
                .cause("a newer record of the key has passed")
                .debug();
        return switch (behavior) {
            case DROP -> null;
            case DEAD_LETTER -> throw new DataException(message);
            case SKIP -> withValue(record, heartbeat.get());
        };
    }

    /**
     * Decodes an event or a change. Returns a heartbeat that can keep its place in the chain.
     *
     * @throws DataException if the record is malformed
     */
    private static Supplier<Struct> decode(Object value) {
        if (PgRecordCodec.isSend(value)) {
            PgRecord send = PgRecordCodec.decode(value);
            PgRecord heartbeat = new PgRecord.Heartbeat(send.chain(), send.origin(), send.route());
            String database = PgRecordCodec.database(value);
            String prefix = PgRecordCodec.prefix(value);
            return () ->
                    (Struct) PgRecordCodec.encode(heartbeat, database, prefix).value();
        }
        EtcdRecord event = EtcdRecordCodec.decode(value);
        return () -> (Struct) EtcdRecordCodec.encode(new EtcdRecord.Heartbeat(event.chain(), event.at()), null, 0)
                .value();
    }

    private static <R extends ConnectRecord<R>> R withValue(R record, Struct heartbeat) {
        boolean isMap = record.value() instanceof Map;
        Headers headers = record.headers().duplicate();
        headers.remove(EtcdRecordCodec.CONTROL_HEADER);
        headers.addString(EtcdRecordCodec.CONTROL_HEADER, "heartbeat");
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                isMap ? null : heartbeat.schema(),
                isMap ? map(heartbeat) : heartbeat,
                record.timestamp(),
                headers);
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
        if (metrics != null) {
            metrics.close();
            metrics = null;
        }
    }

    @Override
    public String version() {
        return Version.get();
    }
}
