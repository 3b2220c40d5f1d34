package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.etcd.client.EtcdConfig;
import dev.etcdpg.etcd.source.partition.Assignment;
import dev.etcdpg.etcd.source.snapshot.SnapshotMode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** Settings of the etcd source. */
public final class EtcdSourceConfig extends AbstractConfig {

    public static final String TOPIC_PREFIX = "topic.prefix";
    public static final String PARTITIONS = "partitions";
    public static final String DEAD_LETTER_TOPIC = "dead.letter.topic";
    public static final String TOMBSTONES = "tombstones.on.delete";
    public static final String HEARTBEAT_MS = "heartbeat.interval.ms";
    public static final String FETCH_SIZE = "snapshot.fetch.size";
    public static final String BATCH_SIZE = "max.batch.size";
    public static final String QUEUE_SIZE = "max.queue.size";
    public static final String WATCH_TIMEOUT_MS = "watch.timeout.ms";

    public static final String SNAPSHOT_MODE = "snapshot.mode";
    public static final String HISTORY_POLICY = "history.policy";
    public static final String SPLIT_MIN_KEYS = "split.min.keys";

    /** Set by the connector for each of its tasks: see {@link Assignment}. */
    static final String TASK_ASSIGNMENT = "task.assignment";

    private static final String FAIL = "fail";

    public static final ConfigDef DEF = define();

    private static final String TOPICS = "Topics";
    private static final String READING = "Reading";

    public EtcdSourceConfig(Map<String, String> properties) {
        super(DEF, properties, false);
    }

    private static ConfigDef define() {
        ConfigDef def = RetryConfig.define(RouteConfig.define(EtcdConfig.define(new ConfigDef())));
        return def.define(
                        TOPIC_PREFIX,
                        Type.STRING,
                        "etcd",
                        new ConfigDef.NonEmptyString(),
                        Importance.HIGH,
                        "A route's topic is <topic.prefix>.<route>.",
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
                        "Into how many partitions the keys of a route are divided. The topic must have at least as many. Changing it "
                                + "begins a new epoch and a new snapshot.",
                        TOPICS,
                        2,
                        Width.SHORT,
                        "Partitions")
                .define(
                        DEAD_LETTER_TOPIC,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Where keys and values go that PostgreSQL text can not hold, with their raw bytes. Empty: <topic.prefix>.dlq.",
                        TOPICS,
                        3,
                        Width.MEDIUM,
                        "Dead letter topic")
                .define(
                        TOMBSTONES,
                        Type.BOOLEAN,
                        false,
                        Importance.LOW,
                        "Whether a delete is followed by a record without a value, for consumers that keep a compacted copy.",
                        TOPICS,
                        4,
                        Width.SHORT,
                        "Tombstones")
                .define(
                        HEARTBEAT_MS,
                        Type.LONG,
                        5_000L,
                        ConfigDef.Range.between(100, 3_600_000),
                        Importance.MEDIUM,
                        "How often a heartbeat goes into every partition, and etcd's history is looked at.",
                        READING,
                        1,
                        Width.SHORT,
                        "Heartbeat interval (ms)")
                .define(
                        FETCH_SIZE,
                        Type.INT,
                        5_000,
                        ConfigDef.Range.between(1, 100_000),
                        Importance.LOW,
                        "Keys in a page of a snapshot at most. Pages with large values have fewer, so that a page has about 4 MiB. "
                                + "For each page etcd walks over all keys behind it: small pages make large snapshots slow.",
                        READING,
                        2,
                        Width.SHORT,
                        "Snapshot fetch size")
                .define(
                        BATCH_SIZE,
                        Type.INT,
                        2_048,
                        ConfigDef.Range.between(1, 100_000),
                        Importance.LOW,
                        "Records after which a batch, and with exactly-once its transaction, is closed at the next whole revision. A "
                                + "large value counts once more for every 8 KiB.",
                        READING,
                        3,
                        Width.SHORT,
                        "Batch size")
                .define(
                        QUEUE_SIZE,
                        Type.INT,
                        8_192,
                        ConfigDef.Range.between(1, 1_000_000),
                        Importance.LOW,
                        "Events of a watch that wait in memory before etcd is held back. A large value counts once more for every "
                                + "8 KiB.",
                        READING,
                        4,
                        Width.SHORT,
                        "Queue size")
                .define(
                        WATCH_TIMEOUT_MS,
                        Type.LONG,
                        15_000L,
                        ConfigDef.Range.between(1_000, 600_000),
                        Importance.LOW,
                        "Within this time a watch that is behind etcd and says nothing is opened anew: it has died without a sign.",
                        READING,
                        5,
                        Width.SHORT,
                        "Watch timeout (ms)")
                .define(
                        SNAPSHOT_MODE,
                        Type.STRING,
                        SnapshotMode.WHEN_NEEDED.wire(),
                        ConfigDef.ValidString.in(Arrays.stream(SnapshotMode.values())
                                .map(SnapshotMode::wire)
                                .toArray(String[]::new)),
                        Importance.MEDIUM,
                        "When the keys that live are read. initial: when there is no offset. when_needed: also when etcd has compacted "
                                + "what the offset wants; with initial and no_data the task fails then. always: also at every start of "
                                + "a task. no_data: without an offset it begins with what comes; nothing is sent from PostgreSQL then "
                                + "until a snapshot was asked for (etcd_resync). A request and a new epoch are always answered by a "
                                + "snapshot.",
                        READING,
                        6,
                        Width.SHORT,
                        "Snapshot mode")
                .define(
                        HISTORY_POLICY,
                        Type.STRING,
                        "resnapshot",
                        ConfigDef.ValidString.in("resnapshot", FAIL),
                        Importance.MEDIUM,
                        "What to do when etcd is found to have another history, because it was restored or replaced. resnapshot: begin "
                                + "a new epoch and read everything again. fail: fail the task, so that somebody can look first.",
                        READING,
                        7,
                        Width.SHORT,
                        "History policy")
                .define(
                        SPLIT_MIN_KEYS,
                        Type.LONG,
                        100_000L,
                        ConfigDef.Range.atLeast(1),
                        Importance.LOW,
                        "If tasks.max is larger than the number of routes, large routes are cut into key ranges, one for a task, of at "
                                + "least so many keys each. The ranges are kept in etcd and found again at a restart.",
                        READING,
                        8,
                        Width.SHORT,
                        "Fewest keys of a range")
                .defineInternal(TASK_ASSIGNMENT, Type.STRING, "", Importance.LOW);
    }

    /**
     * All routes; none touches the connectors' own keys.
     *
     * @throws ConfigException as {@link RouteConfig#routes}
     */
    public List<Route> routes() {
        List<Route> routes = RouteConfig.routes(this);
        String own = getString(EtcdConfig.BOOKKEEPING_PREFIX);
        for (Route route : routes) {
            if (route.prefix().startsWith(own) || own.startsWith(route.prefix())) {
                throw new ConfigException("The prefix of route " + route.name() + " and "
                        + EtcdConfig.BOOKKEEPING_PREFIX + " overlap: the connectors would mirror their own keys.");
            }
            if (route.topic(getString(TOPIC_PREFIX)).equals(deadLetterTopic())) {
                throw new ConfigException("The topic of route " + route.name() + " is the dead letter topic, "
                        + deadLetterTopic() + ": name the route otherwise, or set " + DEAD_LETTER_TOPIC + ".");
            }
        }
        return routes;
    }

    /** What this task reads. */
    Assignment assignment() {
        String text = getString(TASK_ASSIGNMENT);
        return text.isEmpty() ? Assignment.ofAll(routes()) : Assignment.parse(text);
    }

    SnapshotMode snapshotMode() {
        return SnapshotMode.of(getString(SNAPSHOT_MODE));
    }

    boolean failOnAnotherHistory() {
        return getString(HISTORY_POLICY).equals(FAIL);
    }

    /** The connector's name, as Connect sets it. */
    public String connectorName() {
        return originalsStrings().getOrDefault("name", "etcd-source");
    }

    public EtcdConfig etcd() {
        return new EtcdConfig(this);
    }

    public String deadLetterTopic() {
        String topic = getString(DEAD_LETTER_TOPIC);
        return topic.isEmpty() ? getString(TOPIC_PREFIX) + ".dlq" : topic;
    }

    public Duration heartbeatInterval() {
        return Duration.ofMillis(getLong(HEARTBEAT_MS));
    }

    public Duration watchTimeout() {
        return Duration.ofMillis(getLong(WATCH_TIMEOUT_MS));
    }
}
