package dev.etcdpg.core.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Settings with which a connector itself reaches Kafka, to look at its topics. Connect does not tell a connector where the brokers are. Other
 * settings of the connection have the prefix {@value #PREFIX} too, for example {@code kafka.security.protocol}.
 */
public final class KafkaConfig {

    public static final String PREFIX = "kafka.";
    public static final String BOOTSTRAP_SERVERS = "kafka.bootstrap.servers";

    /** Longest time of one question to Kafka, in milliseconds. Connect's own threads wait for the answer at validation. */
    static final int TIMEOUT_MS = 5_000;

    private KafkaConfig() {}

    /** Adds these settings to the settings of a connector. */
    public static ConfigDef define(ConfigDef def) {
        new SettingGroup(def, "Kafka")
                .add(Setting.list(BOOTSTRAP_SERVERS)
                        .orElse(List.of())
                        .described(
                                "Kafka brokers",
                                "Addresses of Kafka brokers as host:port, the same as bootstrap.servers of the worker. With this setting the "
                                        + "connector looks at its topics before it changes anything: a topic that is missing, or has too few "
                                        + "partitions, is an error at validation or at the start. Without it, such a topic is noticed when a "
                                        + "record cannot be written. Settings of Kafka's admin client follow with the prefix kafka., for "
                                        + "example kafka.security.protocol."));
        return def;
    }

    /** Returns the addresses for messages; empty if the setting is not set. */
    public static String addresses(AbstractConfig config) {
        return String.join(",", config.getList(BOOTSTRAP_SERVERS));
    }

    /** Returns settings for Kafka's admin client; empty if {@value #BOOTSTRAP_SERVERS} is not set. */
    public static Map<String, Object> adminSettings(AbstractConfig config) {
        if (config.getList(BOOTSTRAP_SERVERS).isEmpty()) {
            return Map.of();
        }
        Map<String, Object> settings = new HashMap<>(config.originalsWithPrefix(PREFIX));
        settings.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS - 1_000);
        settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        settings.putIfAbsent(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return settings;
    }
}
