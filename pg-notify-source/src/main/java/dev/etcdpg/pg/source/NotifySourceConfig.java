package dev.etcdpg.pg.source;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.ConnectorConfig;
import dev.etcdpg.core.config.KafkaConfig;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.topic.TopicNeed;
import dev.etcdpg.pg.client.PostgresConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/** Settings of the notify source. */
public final class NotifySourceConfig extends ConnectorConfig {

    static final String CONFLICTS_TOPIC = "conflicts.topic";
    static final String NOTIFY = "notify";
    static final String POLL_INTERVAL_MS = "poll.interval.ms";
    static final String HEARTBEAT_INTERVAL_MS = "heartbeat.interval.ms";
    static final String CONFLATE_AFTER = "conflate.after";
    static final String MAX_BATCH_SIZE = "max.batch.size";

    static final ConfigDef DEF = define();

    public NotifySourceConfig(Map<String, String> settings) {
        super(DEF, settings);
    }

    private static ConfigDef define() {
        ConfigDef def = PostgresConfig.define(new ConfigDef());
        new SettingGroup(def, "Topics")
                .add(TopicConfig.sourcePrefix("pg"))
                .add(TopicConfig.partitions("A change needs the steps of the runbook."))
                .add(TopicConfig.sendTimeout())
                .add(
                        Setting.text(CONFLICTS_TOPIC)
                                .orElse("")
                                .described(
                                        "Conflicts topic",
                                        "Topic of the changes that lost against a change made in etcd. Empty: <topic.prefix>.conflicts."));
        new SettingGroup(def, "Reading")
                .add(Setting.flag(NOTIFY)
                        .orElse(true)
                        .described(
                                "Listen",
                                "Whether the connector listens for NOTIFY, so that a change is sent at once. If false, the connector "
                                        + "finds changes by polling only. Set false behind a connection pooler in transaction mode, or "
                                        + "if a database with very many concurrent writers must not notify (alter database … set "
                                        + "etcd_sync.notify = off)."))
                .add(Setting.number(POLL_INTERVAL_MS, 1, 60_000)
                        .orElse(500L)
                        .described(
                                "Poll interval (ms)",
                                "Longest time that a change waits if no notification announces it."))
                .add(Setting.number(HEARTBEAT_INTERVAL_MS, 100, 3_600_000)
                        .orElse(5_000L)
                        .minor()
                        .described(
                                "Heartbeat interval (ms)",
                                "Time without a record after which a partition gets a heartbeat. The etcd sink detects lost records "
                                        + "by heartbeats."))
                .add(
                        Setting.integer(CONFLATE_AFTER, 0, 1_000_000)
                                .orElse(10)
                                .described(
                                        "Conflate after",
                                        "Changes of one key are sent one by one, each after the outcome of the previous one. If more changes "
                                                + "than this number wait, only the last one is sent, and the others share its outcome."))
                .add(Setting.integer(MAX_BATCH_SIZE, 1, 100_000)
                        .orElse(1_000)
                        .minor()
                        .described(
                                "Batch size", "Largest number of changes that are dispatched and produced together."));
        return RetryConfig.define(KafkaConfig.define(def));
    }

    PostgresConfig postgres() {
        return new PostgresConfig(this);
    }

    /** Returns the topics and partitions of the records. */
    SendTopics topics() {
        String prefix = getString(TopicConfig.PREFIX);
        return new SendTopics(prefix, getInt(TopicConfig.PARTITIONS), textOr(CONFLICTS_TOPIC, prefix + ".conflicts"));
    }

    /** Returns all topics that the source may write. */
    List<TopicNeed> topicNeeds(List<Route> routes) {
        SendTopics topics = topics();
        List<TopicNeed> needs = new ArrayList<>();
        routes.forEach(route -> needs.add(new TopicNeed(topics.of(route), topics.partitions(), TopicConfig.PREFIX)));
        needs.add(new TopicNeed(topics.conflicts(), 1, CONFLICTS_TOPIC));
        return needs;
    }

    String connectorName() {
        return originalsStrings().getOrDefault("name", "pg-source");
    }

    Duration sendTimeout() {
        return millis(TopicConfig.SEND_TIMEOUT_MS);
    }

    boolean listens() {
        return getBoolean(NOTIFY);
    }

    Duration pollInterval() {
        return millis(POLL_INTERVAL_MS);
    }

    Duration heartbeatInterval() {
        return millis(HEARTBEAT_INTERVAL_MS);
    }

    int conflateAfter() {
        return getInt(CONFLATE_AFTER);
    }

    int batchSize() {
        return getInt(MAX_BATCH_SIZE);
    }
}
