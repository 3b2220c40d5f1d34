package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.core.sink.DeadLetterConfig;
import dev.etcdpg.etcd.client.BookkeepingKeys;
import dev.etcdpg.etcd.client.EtcdConfig;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** Settings of the etcd sink. */
public final class EtcdSinkConfig extends AbstractConfig {

    public static final String TOPIC_PREFIX = "topic.prefix";
    public static final String MAX_TXN_KEYS = "max.txn.keys";
    public static final String MAX_TXN_BYTES = "max.txn.bytes";
    public static final String LOSS_POLICY = "loss.policy";

    /** etcd takes 128 operations and 128 compares by default; the progress key and the epoch need their places. */
    static final int DEFAULT_TXN_KEYS = 126;

    /** etcd's default limit of a request. */
    static final int DEFAULT_TXN_BYTES = 1_572_864;

    private static final String GROUP = "Writing";

    public EtcdSinkConfig(Map<String, String> settings) {
        super(definition(), settings);
    }

    public static ConfigDef definition() {
        ConfigDef def = new ConfigDef();
        EtcdConfig.define(def);
        RouteConfig.define(def);
        def.define(
                        TOPIC_PREFIX,
                        Type.STRING,
                        "pg",
                        new ConfigDef.NonEmptyString(),
                        Importance.MEDIUM,
                        "Topics named <prefix>.<route> carry the changes of a PostgreSQL database, and nothing else is taken from them. "
                                + "Any other topic may also be plain: record key = etcd key, value = value (string or bytes, null deletes), "
                                + "written without a compare.",
                        GROUP,
                        1,
                        Width.MEDIUM,
                        "Topic prefix")
                .define(
                        LOSS_POLICY,
                        Type.STRING,
                        "heal",
                        ConfigDef.CaseInsensitiveValidString.in("heal", "fail", "ignore"),
                        Importance.MEDIUM,
                        "What to do when records of a topic never came: heal (begin a new epoch, so that they are sent again; at most once "
                                + "a minute), fail (the task), or ignore (log it).",
                        GROUP,
                        2,
                        Width.SHORT,
                        "Loss policy")
                .define(
                        MAX_TXN_KEYS,
                        Type.INT,
                        DEFAULT_TXN_KEYS,
                        ConfigDef.Range.between(1, 10_000),
                        Importance.LOW,
                        "Keys written in one etcd transaction. It must stay 2 below etcd's --max-txn-ops (128).",
                        GROUP,
                        3,
                        Width.SHORT,
                        "Keys per transaction")
                .define(
                        MAX_TXN_BYTES,
                        Type.INT,
                        DEFAULT_TXN_BYTES,
                        ConfigDef.Range.between(1_024, 1_073_741_824),
                        Importance.LOW,
                        "Keys and values in one etcd transaction, in bytes; etcd's --max-request-bytes. A record larger than that is "
                                + "tried alone.",
                        GROUP,
                        4,
                        Width.SHORT,
                        "Bytes per transaction");
        return DeadLetterConfig.define(RetryConfig.define(def));
    }

    EtcdConfig etcd() {
        return new EtcdConfig(this);
    }

    /** @throws ConfigException if the routes contradict each other or the bookkeeping prefix */
    List<Route> routes() {
        List<Route> routes = RouteConfig.routes(this);
        String bookkeeping = etcd().bookkeepingKeys().prefix();
        for (Route route : routes) {
            if (bookkeeping.startsWith(route.prefix()) || route.prefix().startsWith(bookkeeping)) {
                throw new ConfigException("Route " + route.name() + " and " + EtcdConfig.BOOKKEEPING_PREFIX
                        + " overlap: the connectors' own keys must be outside of every route.");
            }
        }
        return routes;
    }

    BookkeepingKeys keys() {
        return etcd().bookkeepingKeys();
    }

    BatchCut cut() {
        return new BatchCut(getInt(MAX_TXN_KEYS), getInt(MAX_TXN_BYTES));
    }

    LossPolicy lossPolicy() {
        return LossPolicy.of(getString(LOSS_POLICY));
    }

    String user() {
        String user = getString(EtcdConfig.USER);
        return user == null || user.isEmpty() ? "(none)" : user;
    }
}
