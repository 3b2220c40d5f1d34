package dev.etcdpg.pg.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.Choices;
import dev.etcdpg.core.config.ConnectorConfig;
import dev.etcdpg.core.config.KafkaConfig;
import dev.etcdpg.core.config.LossPolicy;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.sink.DeadLetterConfig;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.sink.read.ForeignSourcePolicy;
import dev.etcdpg.pg.sink.resolve.ConflictPolicy;
import dev.etcdpg.pg.sink.resolve.ContradictionPolicy;
import dev.etcdpg.pg.sink.store.ExistingRows;
import dev.etcdpg.pg.sink.store.Installation;
import dev.etcdpg.pg.sink.store.Retention;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Settings of the PostgreSQL sink. */
public final class PostgresSinkConfig extends ConnectorConfig {

    public static final String TABLE_SCHEMA = Installation.TABLE_SCHEMA;
    public static final String AUTO_CREATE = "auto.create";
    public static final String EXISTING_ROWS = "existing.rows";
    public static final String CONFLICT_POLICY = "conflict.policy";

    public static final String HISTORY_POLICY = "history.policy";
    public static final String HEAL_TIMEOUT_MS = "heal.timeout.ms";
    public static final String FOREIGN_SOURCE = "foreign.source";
    public static final String HISTORY_RETENTION_MS = "history.retention.ms";
    public static final String HISTORY_RETENTION_PER_KEY = "history.retention.per.key";
    public static final String CONFLICT_RETENTION_MS = "conflict.retention.ms";

    private static final Choices<ContradictionPolicy> HISTORY_POLICIES = Choices.hyphenated(ContradictionPolicy.class);
    private static final Choices<ForeignSourcePolicy> FOREIGN_SOURCE_POLICIES =
            Choices.hyphenated(ForeignSourcePolicy.class);
    private static final Choices<ConflictPolicy> CONFLICT_POLICIES = Choices.hyphenated(ConflictPolicy.class);

    private static final Choices<ExistingRows> EXISTING_ROWS_CHOICES = Choices.hyphenated(ExistingRows.class);

    public static final ConfigDef DEF = define();

    public PostgresSinkConfig(Map<String, String> settings) {
        super(DEF, settings);
    }

    private static ConfigDef define() {
        ConfigDef def = RouteConfig.define(PostgresConfig.define(new ConfigDef()));
        new SettingGroup(def, "Writing")
                .add(TopicConfig.prefix(
                        "etcd",
                        "The topic.prefix of the etcd source. The topic of a route is named <topic.prefix>.<route>."))
                .add(Setting.choice(CONFLICT_POLICY, CONFLICT_POLICIES, ConflictPolicy.ETCD_WINS)
                        .important()
                        .described(
                                "Conflict policy",
                                "What the sink does when a key was changed on both sides. etcd-wins: the value of etcd is kept on both "
                                        + "sides, and the pending changes of the key are moved to etcd_conflict. postgres-wins: the value "
                                        + "of PostgreSQL is sent again and replaces the value of etcd, which stays in the history. manual: "
                                        + "the change is held until etcd_resolve is called for the key."))
                .add(Setting.flag(AUTO_CREATE)
                        .orElse(true)
                        .described(
                                "Create tables",
                                "Whether the sink creates and upgrades the bookkeeping tables, and creates the mirrored tables with "
                                        + "their triggers. If false, all of them must exist."))
                .add(Setting.choice(EXISTING_ROWS, EXISTING_ROWS_CHOICES, ExistingRows.ENQUEUE)
                        .described(
                                "Existing rows",
                                "What becomes of rows that a table has when the sink installs its route. enqueue: the rows are sent to "
                                        + "etcd as inserts; a row that etcd has with the same value is confirmed, and conflict.policy "
                                        + "decides about a row that etcd has with another value. ignore: nothing is sent; a row takes the "
                                        + "value that etcd has, and a row that etcd does not have stays in PostgreSQL only, until it is "
                                        + "changed. fail: the task fails if there are rows."))
                .add(Setting.text(TABLE_SCHEMA)
                        .orElse("public")
                        .nonEmpty()
                        .minor()
                        .described("Table schema", "Schema of the mirrored tables. A table has the name of its route."))
                .add(Setting.choice(FOREIGN_SOURCE, FOREIGN_SOURCE_POLICIES, ForeignSourcePolicy.FAIL)
                        .described(
                                "Foreign source policy",
                                "What the sink does with a record of an etcd source that reads another prefix than the route mirrors, or "
                                        + "that another source has replaced in this topic. Such a record is never applied. fail: the task "
                                        + "fails. skip: the record goes to the dead letter topic."))
                .add(
                        LossPolicy.setting(
                                "What the sink does when records of a topic were lost before the sink read them. heal: the affected "
                                        + "key range is read from etcd again. fail: the task fails. ignore: the loss is logged."))
                .add(Setting.number(HEAL_TIMEOUT_MS, -1)
                        .orElse(3_600_000L)
                        .described(
                                "Heal timeout (ms)",
                                "Time without an answer to a request for a snapshot or a new epoch after which the task fails. The time "
                                        + "begins again with each start of the task. A warning is logged each minute before. -1: the "
                                        + "task never fails for this reason."))
                .add(Setting.choice(HISTORY_POLICY, HISTORY_POLICIES, ContradictionPolicy.SAME_CLUSTER)
                        .described(
                                "History policy",
                                "What the sink does when a record contradicts the mirror, because etcd was restored or replaced and the etcd "
                                        + "source has not noticed it. same-cluster and resnapshot: the sink requests a new epoch, under which "
                                        + "everything is read again. fail: the task fails, so that somebody can look first. With same-cluster and "
                                        + "fail, records of a source that reads another etcd cluster than before are refused (foreign.source). "
                                        + "Set it as at the etcd source."));
        defineRetention(def);
        return DeadLetterConfig.define(RetryConfig.define(KafkaConfig.define(def)));
    }

    private static void defineRetention(ConfigDef def) {
        new SettingGroup(def, "Retention")
                .add(Setting.number(HISTORY_RETENTION_MS, -1)
                        .orElse(-1L)
                        .described(
                                "History retention (ms)",
                                "Time after which the sink removes an entry of etcd_history that a later entry of its key has replaced. The "
                                        + "state of each key within this time stays known. The last entry of a key always stays. -1: no "
                                        + "limit."))
                .add(Setting.number(HISTORY_RETENTION_PER_KEY, -1)
                        .orElse(-1L)
                        .described(
                                "History retention per key",
                                "Number of entries of etcd_history that each key keeps, at least 1. The sink removes older entries, whatever "
                                        + "their age. -1: no limit."))
                .add(Setting.number(CONFLICT_RETENTION_MS, -1)
                        .orElse(-1L)
                        .described(
                                "Conflict retention (ms)",
                                "Time after which the sink removes a row of etcd_conflict. Conflicts that are not in the conflicts topic yet, and "
                                        + "lost inserts that etcd may still take, stay. -1: no limit."));
    }

    public Retention retention() {
        long perKey = getLong(HISTORY_RETENTION_PER_KEY);
        return new Retention(
                limit(HISTORY_RETENTION_MS), perKey < 0 ? null : Math.max(1, perKey), limit(CONFLICT_RETENTION_MS));
    }

    private @Nullable Duration limit(String setting) {
        long millis = getLong(setting);
        return millis < 0 ? null : Duration.ofMillis(millis);
    }

    /** Returns the connector's name, which Connect sets. */
    public String connectorName() {
        return originalsStrings().getOrDefault("name", "sink");
    }

    public PostgresConfig postgres() {
        return new PostgresConfig(this);
    }

    public List<Route> routes() {
        return RouteConfig.routes(this);
    }

    public Installation installation() {
        return new Installation(
                getBoolean(AUTO_CREATE), getString(TABLE_SCHEMA), choice(EXISTING_ROWS, EXISTING_ROWS_CHOICES));
    }

    public ConflictPolicy conflictPolicy() {
        return choice(CONFLICT_POLICY, CONFLICT_POLICIES);
    }

    public ForeignSourcePolicy foreignSources() {
        return choice(FOREIGN_SOURCE, FOREIGN_SOURCE_POLICIES);
    }

    public ContradictionPolicy contradictions() {
        return choice(HISTORY_POLICY, HISTORY_POLICIES);
    }

    public Duration healTimeout() {
        return Duration.ofMillis(getLong(HEAL_TIMEOUT_MS));
    }

    public LossPolicy lossPolicy() {
        return LossPolicy.of(this);
    }

    /** @throws ConnectException if no route has this topic */
    public Route route(String topic) {
        String prefix = getString(TopicConfig.PREFIX);
        return routes().stream()
                .filter(route -> route.topic(prefix).equals(topic))
                .findFirst()
                .orElseThrow(() -> new ConnectException("Topic " + topic
                        + " belongs to no route. The topics of this connector are "
                        + routes().stream().map(route -> route.topic(prefix)).collect(Collectors.joining(", "))
                        + ". Correct topics, " + TopicConfig.PREFIX + " or the routes."));
    }
}
