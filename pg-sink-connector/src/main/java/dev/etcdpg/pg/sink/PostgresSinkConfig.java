package dev.etcdpg.pg.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.core.sink.DeadLetterConfig;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.sink.read.LossPolicy;
import dev.etcdpg.pg.sink.resolve.ConflictPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.connect.errors.ConnectException;

/** Settings of the PostgreSQL sink. */
public final class PostgresSinkConfig extends AbstractConfig {

    public static final String TOPIC_PREFIX = "topic.prefix";
    public static final String TABLE_SCHEMA = "table.schema";
    public static final String AUTO_CREATE = "auto.create";
    public static final String CONFLICT_POLICY = "conflict.policy";
    public static final String LOSS_POLICY = "loss.policy";

    private static final String GROUP = "Sink";

    public static final ConfigDef DEF = define();

    public PostgresSinkConfig(Map<String, String> settings) {
        super(DEF, settings, false);
    }

    private static ConfigDef define() {
        ConfigDef def = new ConfigDef();
        PostgresConfig.define(def);
        RouteConfig.define(def);
        def.define(
                        TOPIC_PREFIX,
                        Type.STRING,
                        "etcd",
                        new ConfigDef.NonEmptyString(),
                        Importance.MEDIUM,
                        "The etcd source's topic.prefix: the topic of a route is <topic.prefix>.<route>.",
                        GROUP,
                        1,
                        Width.MEDIUM,
                        "Topic prefix")
                .define(
                        CONFLICT_POLICY,
                        Type.STRING,
                        "etcd-wins",
                        ConfigDef.ValidString.in("etcd-wins", "postgres-wins", "manual"),
                        Importance.HIGH,
                        "What happens when a key was changed on both sides. etcd-wins: etcd's value stands on both, and what was pending "
                                + "goes to etcd_conflict. postgres-wins: PostgreSQL's value is sent again on top of etcd's, which the "
                                + "history keeps. manual: the change is held until etcd_resolve is called for the key.",
                        GROUP,
                        2,
                        Width.MEDIUM,
                        "Conflict policy")
                .define(
                        AUTO_CREATE,
                        Type.BOOLEAN,
                        true,
                        Importance.MEDIUM,
                        "Whether the sink creates and upgrades the bookkeeping tables, and creates the tables of the routes with their "
                                + "triggers. If false they must be there.",
                        GROUP,
                        3,
                        Width.SHORT,
                        "Create tables")
                .define(
                        TABLE_SCHEMA,
                        Type.STRING,
                        "public",
                        new ConfigDef.NonEmptyString(),
                        Importance.LOW,
                        "Schema of the mirrored tables; a table has its route's name.",
                        GROUP,
                        4,
                        Width.MEDIUM,
                        "Table schema")
                .define(
                        LOSS_POLICY,
                        Type.STRING,
                        "heal",
                        ConfigDef.ValidString.in("heal", "fail", "ignore"),
                        Importance.MEDIUM,
                        "What happens when records of a topic were lost before the sink saw them. heal: the range is read from etcd again. "
                                + "fail: the task fails. ignore: it is logged.",
                        GROUP,
                        5,
                        Width.MEDIUM,
                        "Loss policy");
        return DeadLetterConfig.define(RetryConfig.define(def));
    }

    public PostgresConfig postgres() {
        return new PostgresConfig(this);
    }

    public RetryConfig retry() {
        return RetryConfig.of(this);
    }

    public List<Route> routes() {
        return RouteConfig.routes(this);
    }

    public String tableSchema() {
        return getString(TABLE_SCHEMA);
    }

    public boolean autoCreate() {
        return getBoolean(AUTO_CREATE);
    }

    public ConflictPolicy conflictPolicy() {
        return ConflictPolicy.valueOf(constant(CONFLICT_POLICY));
    }

    public LossPolicy lossPolicy() {
        return LossPolicy.valueOf(constant(LOSS_POLICY));
    }

    private String constant(String setting) {
        return getString(setting).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** @throws ConnectException if no route has this topic */
    public Route route(String topic) {
        String prefix = getString(TOPIC_PREFIX);
        return routes().stream()
                .filter(route -> route.topic(prefix).equals(topic))
                .findFirst()
                .orElseThrow(() -> new ConnectException("Topic " + topic
                        + " belongs to no route. The topics of this connector are "
                        + String.join(
                                ", ",
                                routes().stream().map(r -> r.topic(prefix)).toList())
                        + ": correct topics, " + TOPIC_PREFIX + " or the routes."));
    }
}
