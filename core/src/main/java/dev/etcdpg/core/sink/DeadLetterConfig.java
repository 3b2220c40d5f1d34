package dev.etcdpg.core.sink;

import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * The topic of a sink's dead letters and the size of its records.
 *
 * @param topic the topic; empty if Connect only logs dead letters
 * @param maxBytes largest record that the topic and Connect's producer accept
 */
public record DeadLetterConfig(String topic, long maxBytes) {

    /** Setting: size of the largest dead letter, in bytes. */
    public static final String MAX_BYTES = "dead.letter.max.bytes";

    /** Not above the defaults of message.max.bytes (1 MiB and 12 bytes) and max.request.size (1 MiB). */
    static final int DEFAULT_MAX_BYTES = 1_048_576;

    /** Smallest allowed limit: a dead letter without its value is at most this large. */
    private static final int SMALLEST_LIMIT = 2 * DeadLetterSize.FRAME;

    private static final String TOPIC = "errors.deadletterqueue.topic.name";
    private static final String PRODUCER_MAX = "producer.override.max.request.size";

    /** Adds this setting to the settings of a sink. */
    public static ConfigDef define(ConfigDef def) {
        new SettingGroup(def, "Dead letters")
                .add(Setting.integer(MAX_BYTES, SMALLEST_LIMIT, Integer.MAX_VALUE)
                        .orElse(DEFAULT_MAX_BYTES)
                        .minor()
                        .described(
                                "Largest dead letter",
                                "Size of the largest dead letter in bytes. A larger one is written without its value. The limit must not "
                                        + "exceed the max.message.bytes of the dead letter topic, otherwise the task fails. If "
                                        + PRODUCER_MAX + " of the connector is smaller, it is the limit."));
        return def;
    }

    /** @param config settings of a sink that were defined with {@link #define}; Connect's own settings are read from its originals */
    public static DeadLetterConfig of(AbstractConfig config) {
        Map<String, Object> all = config.originals();
        long maxBytes = config.getInt(MAX_BYTES);
        Object producerMax = all.get(PRODUCER_MAX);
        if (producerMax != null) {
            maxBytes = Math.min(maxBytes, (Integer)
                    ConfigDef.parseType(PRODUCER_MAX, producerMax.toString().trim(), Type.INT));
        }
        Object topic = all.get(TOPIC);
        return new DeadLetterConfig(topic == null ? "" : topic.toString().trim(), maxBytes);
    }
}
