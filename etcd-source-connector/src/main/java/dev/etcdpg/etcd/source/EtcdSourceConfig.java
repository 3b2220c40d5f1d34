package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.Choices;
import dev.etcdpg.core.config.ConnectorConfig;
import dev.etcdpg.core.config.KafkaConfig;
import dev.etcdpg.core.config.OwnTopics;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.topic.TopicNeed;
import dev.etcdpg.etcd.client.EtcdConfig;
import dev.etcdpg.etcd.source.history.HistoryPolicy;
import dev.etcdpg.etcd.source.partition.TaskAssignment;
import dev.etcdpg.etcd.source.snapshot.SnapshotMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/** Settings of the etcd source. */
public final class EtcdSourceConfig extends ConnectorConfig {

    public static final String DEAD_LETTER_TOPIC = "dead.letter.topic";
    public static final String TOMBSTONES = "tombstones.on.delete";
    public static final String HEARTBEAT_MS = "heartbeat.interval.ms";
    public static final String FETCH_SIZE = "snapshot.fetch.size";
    public static final String BATCH_SIZE = "max.batch.size";
    public static final String QUEUE_SIZE = "max.queue.size";
    public static final String WATCH_TIMEOUT_MS = "watch.timeout.ms";

    public static final String SNAPSHOT_MODE = "snapshot.mode";
    public static final String SNAPSHOT_INTERVAL_MS = "snapshot.interval.ms";
    public static final String HISTORY_POLICY = "history.policy";
    public static final String SPLIT_MIN_KEYS = "split.min.keys";

    /** Setting that the connector adds for each of its tasks, see {@link TaskAssignment}. */
    static final String TASK_ASSIGNMENT = "task.assignment";

    private static final Choices<HistoryPolicy> HISTORY_POLICIES = Choices.hyphenated(HistoryPolicy.class);

    public static final ConfigDef DEF = define();

    public EtcdSourceConfig(Map<String, String> properties) {
        super(DEF, properties);
    }

    private static ConfigDef define() {
        ConfigDef def = RouteConfig.define(EtcdConfig.define(new ConfigDef()));
        new SettingGroup(def, "Topics")
                .add(TopicConfig.sourcePrefix("etcd"))
                .add(TopicConfig.partitions("A change begins a new epoch and a new snapshot."))
                .add(TopicConfig.sendTimeout())
                .add(Setting.text(DEAD_LETTER_TOPIC)
                        .orElse("")
                        .described(
                                "Dead letter topic",
                                "Topic of keys and values that PostgreSQL's type text cannot store, with their raw bytes. Empty: "
                                        + "<topic.prefix>.dlq."))
                .add(
                        Setting.flag(TOMBSTONES)
                                .orElse(false)
                                .minor()
                                .described(
                                        "Tombstones",
                                        "Whether a record without a value follows each delete, for consumers that keep a compacted copy."));
        new SettingGroup(def, "Reading")
                .add(Setting.choice(SNAPSHOT_MODE, SnapshotMode.CHOICES, SnapshotMode.WHEN_NEEDED)
                        .described(
                                "Snapshot mode",
                                "When the source reads all current keys. initial: if there is no offset. when_needed: if there is no "
                                        + "offset, or etcd has compacted the revision after the offset. always: as when_needed, and at "
                                        + "each start of a task. no_data: never; without an offset the source begins with the next "
                                        + "change, and PostgreSQL sends no changes until etcd_resync is called. With initial and "
                                        + "no_data the task fails if etcd has compacted the revision after the offset. In all modes the "
                                        + "source makes a snapshot when one is requested and when a new epoch begins."))
                .add(Setting.number(SNAPSHOT_INTERVAL_MS, -1)
                        .validatedBy(ConfigDef.LambdaValidator.with(
                                EtcdSourceConfig::checkInterval, () -> "-1, or at least 1000"))
                        .orElse(-1L)
                        .minor()
                        .described(
                                "Snapshot interval (ms)",
                                "Time after which the source reads all current keys again. -1: never. A snapshot repairs lost "
                                        + "records. Set it if the mirror has one direction only, because without the notify source and the "
                                        + "etcd sink nobody can ask the source for a snapshot."))
                .add(Setting.choice(HISTORY_POLICY, HISTORY_POLICIES, HistoryPolicy.SAME_CLUSTER)
                        .described(
                                "History policy",
                                "What the source does when etcd was restored or replaced and has another history. same-cluster: the "
                                        + "source begins a new epoch and reads everything again, but if etcd has another cluster id, or has "
                                        + "lost the keys of the connectors together with other keys, the task fails. resnapshot: the source "
                                        + "reads everything again, also from another cluster or from an emptied one. fail: "
                                        + "the task fails, so that somebody can look first."))
                .add(
                        Setting.number(HEARTBEAT_MS, 100, 3_600_000)
                                .orElse(5_000L)
                                .described(
                                        "Heartbeat interval (ms)",
                                        "Time between two heartbeats in each partition. The source also checks etcd's history at this interval."))
                .add(
                        Setting.number(WATCH_TIMEOUT_MS, 1_000, 600_000)
                                .orElse(15_000L)
                                .minor()
                                .described(
                                        "Watch timeout (ms)",
                                        "Time after which a watch that is behind etcd and receives nothing is replaced by a new one."))
                .add(Setting.integer(FETCH_SIZE, 1, 100_000)
                        .orElse(5_000)
                        .minor()
                        .described(
                                "Snapshot fetch size",
                                "Largest number of keys in a page of a snapshot. Pages with large values have fewer keys, so that a page "
                                        + "has about 4 MiB. The sink applies each page with its manifest, so small pages slow large "
                                        + "snapshots down."))
                .add(
                        Setting.integer(BATCH_SIZE, 1, 100_000)
                                .orElse(2_048)
                                .minor()
                                .described(
                                        "Batch size",
                                        "Number of records after which a batch ends at the next whole revision. With exactly-once support a "
                                                + "batch is a transaction. A large value counts as one more record for each 8 KiB."))
                .add(Setting.integer(QUEUE_SIZE, 1, 1_000_000)
                        .orElse(8_192)
                        .minor()
                        .described(
                                "Queue size",
                                "Number of events of a watch that wait in memory before the source stops reading from etcd. A large "
                                        + "value counts as one more event for each 8 KiB."))
                .add(Setting.number(SPLIT_MIN_KEYS, 1)
                        .orElse(100_000L)
                        .minor()
                        .described(
                                "Smallest key range",
                                "Smallest number of keys in a key range. If tasks.max exceeds the number of routes, the source splits "
                                        + "large routes into key ranges, one for each task. The ranges are stored in etcd and kept at a "
                                        + "restart."));
        return RetryConfig.define(KafkaConfig.define(def))
                .defineInternal(TASK_ASSIGNMENT, Type.STRING, "", Importance.LOW);
    }

    /**
     * Returns the configured routes.
     *
     * @throws ConfigException in the cases of {@link EtcdConfig#routes}, and if the topic of a route is the dead letter topic
     */
    public List<Route> routes() {
        List<Route> routes = etcd().routes();
        deadLetterMistake(routes).ifPresent(mistake -> {
            throw new ConfigException(mistake);
        });
        return routes;
    }

    /** Returns why the dead letter topic cannot have its name; empty if it can. */
    Optional<String> deadLetterMistake(List<Route> routes) {
        return OwnTopics.mistake(DEAD_LETTER_TOPIC, deadLetterTopic(), routes, getString(TopicConfig.PREFIX));
    }

    /** Returns all topics that the connector may write. */
    List<TopicNeed> topicNeeds() {
        List<TopicNeed> needs = new ArrayList<>();
        for (Route route : routes()) {
            needs.add(new TopicNeed(
                    route.topic(getString(TopicConfig.PREFIX)), getInt(TopicConfig.PARTITIONS), TopicConfig.PREFIX));
        }
        needs.add(new TopicNeed(deadLetterTopic(), 1, DEAD_LETTER_TOPIC));
        return needs;
    }

    /** Returns the key ranges that this task reads. */
    TaskAssignment assignment() {
        String text = getString(TASK_ASSIGNMENT);
        return text.isEmpty() ? TaskAssignment.ofAll(routes()) : TaskAssignment.decode(text);
    }

    SnapshotMode snapshotMode() {
        return choice(SNAPSHOT_MODE, SnapshotMode.CHOICES);
    }

    HistoryPolicy historyPolicy() {
        return choice(HISTORY_POLICY, HISTORY_POLICIES);
    }

    /** Returns the connector's name, which Connect sets. */
    public String connectorName() {
        return originalsStrings().getOrDefault("name", "etcd-source");
    }

    public EtcdConfig etcd() {
        return new EtcdConfig(this);
    }

    public String deadLetterTopic() {
        return textOr(DEAD_LETTER_TOPIC, getString(TopicConfig.PREFIX) + ".dlq");
    }

    Duration sendTimeout() {
        return millis(TopicConfig.SEND_TIMEOUT_MS);
    }

    public Duration heartbeatInterval() {
        return millis(HEARTBEAT_MS);
    }

    private static void checkInterval(String name, Object value) {
        if (value instanceof Long interval && interval != -1 && interval < 1_000) {
            throw new ConfigException(name, value, "The interval must be -1 or at least 1000");
        }
    }

    /** Returns the time between snapshots; empty for none. */
    Optional<Duration> snapshotInterval() {
        long interval = getLong(SNAPSHOT_INTERVAL_MS);
        return interval < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(interval));
    }

    public Duration watchTimeout() {
        return millis(WATCH_TIMEOUT_MS);
    }
}
