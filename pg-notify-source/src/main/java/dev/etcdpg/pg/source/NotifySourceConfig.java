package dev.etcdpg.pg.source;

import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.pg.client.PostgresConfig;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** Settings of the notify source. */
final class NotifySourceConfig extends AbstractConfig {

    static final String TOPIC_PREFIX = "topic.prefix";
    static final String PARTITIONS = "partitions";
    static final String CONFLICTS_TOPIC = "conflicts.topic";
    static final String NOTIFY = "notify";
    static final String POLL_INTERVAL_MS = "poll.interval.ms";
    static final String HEARTBEAT_INTERVAL_MS = "heartbeat.interval.ms";
    static final String CONFLATE_AFTER = "conflate.after";
    static final String BATCH_SIZE = "batch.size";

    private static final String TOPICS = "Topics";
    private static final String READING = "Reading";

    NotifySourceConfig(Map<String, String> settings) {
        super(definition(), settings, false);
    }

    static ConfigDef definition() {
        ConfigDef def = new ConfigDef();
        PostgresConfig.define(def);
        def.define(
                        TOPIC_PREFIX,
                        Type.STRING,
                        "pg",
                        new ConfigDef.NonEmptyString(),
                        Importance.HIGH,
                        "Changes of a route go to the topic <prefix>.<route>.",
                        TOPICS,
                        1,
                        Width.MEDIUM,
                        "Topic prefix")
                .define(
                        PARTITIONS,
                        Type.INT,
                        4,
                        ConfigDef.Range.between(1, 10_000),
                        Importance.HIGH,
                        "Over how many partitions of a topic keys are spread. A topic must have at least as many.",
                        TOPICS,
                        2,
                        Width.SHORT,
                        "Partitions")
                .define(
                        CONFLICTS_TOPIC,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Where changes that lost to one made in etcd are published. Default: <topic.prefix>.conflicts.",
                        TOPICS,
                        3,
                        Width.MEDIUM,
                        "Conflicts topic")
                .define(
                        NOTIFY,
                        Type.BOOLEAN,
                        true,
                        Importance.MEDIUM,
                        "Listen for NOTIFY, which makes a change travel at once. Without it changes are found by polling only: behind a "
                                + "connection pooler in transaction mode, or when the database is told not to notify (alter database … set "
                                + "etcd_sync.notify = off) because it has very many concurrent writers.",
                        READING,
                        1,
                        Width.SHORT,
                        "Listen")
                .define(
                        POLL_INTERVAL_MS,
                        Type.LONG,
                        500L,
                        ConfigDef.Range.between(1, 60_000),
                        Importance.MEDIUM,
                        "How long a change waits at most if no notification told of it.",
                        READING,
                        2,
                        Width.SHORT,
                        "Poll interval (ms)")
                .define(
                        HEARTBEAT_INTERVAL_MS,
                        Type.LONG,
                        5_000L,
                        ConfigDef.Range.between(100, 3_600_000),
                        Importance.LOW,
                        "After how long without a record a partition gets a heartbeat, by which the sink notices that records were lost.",
                        READING,
                        3,
                        Width.SHORT,
                        "Heartbeat interval (ms)")
                .define(
                        CONFLATE_AFTER,
                        Type.INT,
                        10,
                        ConfigDef.Range.between(0, 1_000_000),
                        Importance.MEDIUM,
                        "Changes of one key go out one by one, each when the one before is settled. If more than this many wait, the last "
                                + "is sent for all of them.",
                        READING,
                        4,
                        Width.SHORT,
                        "Conflate after")
                .define(
                        BATCH_SIZE,
                        Type.INT,
                        1_000,
                        ConfigDef.Range.between(1, 100_000),
                        Importance.LOW,
                        "How many changes are dispatched and produced at a time.",
                        READING,
                        5,
                        Width.SHORT,
                        "Batch size");
        return RetryConfig.define(def);
    }

    PostgresConfig postgres() {
        return new PostgresConfig(this);
    }

    RetryConfig retries() {
        return RetryConfig.of(this);
    }

    /** How records are addressed. */
    Topics topics() {
        String prefix = getString(TOPIC_PREFIX);
        String conflicts = getString(CONFLICTS_TOPIC);
        return new Topics(prefix, getInt(PARTITIONS), conflicts.isEmpty() ? prefix + ".conflicts" : conflicts);
    }

    boolean listens() {
        return getBoolean(NOTIFY);
    }

    Duration pollInterval() {
        return Duration.ofMillis(getLong(POLL_INTERVAL_MS));
    }

    Duration heartbeatInterval() {
        return Duration.ofMillis(getLong(HEARTBEAT_INTERVAL_MS));
    }

    int conflateAfter() {
        return getInt(CONFLATE_AFTER);
    }

    int batchSize() {
        return getInt(BATCH_SIZE);
    }
}
