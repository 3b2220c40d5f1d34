package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.ConnectorConfig;
import dev.etcdpg.core.config.KafkaConfig;
import dev.etcdpg.core.config.LossPolicy;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.sink.DeadLetterConfig;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.client.EtcdConfig;
import dev.etcdpg.etcd.sink.commit.SupersededPolicy;
import dev.etcdpg.etcd.sink.plan.BatchCutter;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Settings of the etcd sink. */
public final class EtcdSinkConfig extends ConnectorConfig {

    static final String DEFAULT_TOPIC_PREFIX = "pg";
    public static final String MAX_TXN_KEYS = "max.txn.keys";
    public static final String MAX_TXN_BYTES = "max.txn.bytes";

    /**
     * The default is two below etcd's limit of 128 operations and 128 compares, because each transaction also has the epoch and progress keys.
     */
    static final int DEFAULT_TXN_KEYS = 126;

    /** etcd's default limit of a request. */
    static final int DEFAULT_TXN_BYTES = 1_572_864;

    public static final ConfigDef DEF = define();

    public EtcdSinkConfig(Map<String, String> settings) {
        super(DEF, settings);
    }

    private static ConfigDef define() {
        ConfigDef def = RouteConfig.define(EtcdConfig.define(new ConfigDef()));
        new SettingGroup(def, "Writing")
                .add(TopicConfig.prefix(
                        DEFAULT_TOPIC_PREFIX,
                        "Topics named <topic.prefix>.<route> contain the changes of a PostgreSQL database; the sink accepts no "
                                + "other records from them. Other topics can also contain plain records: the record key is the "
                                + "etcd key, the record value (string or bytes) is the value, and a null value deletes the key. "
                                + "The sink writes plain records without a compare."))
                .add(
                        LossPolicy.setting(
                                "What the sink does when records of a topic are missing. heal: the sink begins a new epoch, at most "
                                        + "once a minute, so that PostgreSQL sends the changes again. fail: the task fails. ignore: the loss is logged."))
                .add(SupersededPolicy.setting())
                .add(Setting.integer(MAX_TXN_KEYS, 1, 10_000)
                        .orElse(DEFAULT_TXN_KEYS)
                        .minor()
                        .described(
                                "Keys per transaction",
                                "Largest number of keys that are written in one etcd transaction. The number must be at least 2 lower "
                                        + "than etcd's --max-txn-ops (128)."))
                .add(Setting.integer(MAX_TXN_BYTES, 1_024, 1_073_741_824)
                        .orElse(DEFAULT_TXN_BYTES)
                        .minor()
                        .described(
                                "Bytes per transaction",
                                "Largest size of keys and values in one etcd transaction in bytes, usually etcd's --max-request-bytes. A "
                                        + "larger record is sent in a transaction of its own."));
        return DeadLetterConfig.define(RetryConfig.define(KafkaConfig.define(def)));
    }

    EtcdConfig etcd() {
        return new EtcdConfig(this);
    }

    /** @throws ConfigException in the cases of {@link EtcdConfig#routes} */
    List<Route> routes() {
        return etcd().routes();
    }

    BookkeepingKeys keys() {
        return etcd().bookkeepingKeys();
    }

    BatchCutter cutter() {
        return new BatchCutter(getInt(MAX_TXN_KEYS), getInt(MAX_TXN_BYTES));
    }

    LossPolicy lossPolicy() {
        return LossPolicy.of(this);
    }

    /** Returns the name of the etcd user for messages. */
    String user() {
        return etcd().userForMessages();
    }
}
