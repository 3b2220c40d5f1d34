package dev.etcdpg.core.sink;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/**
 * Where a sink's dead letters go, and what there is room for.
 *
 * @param topic their topic, empty if Connect is to log them only
 * @param maxBytes the largest record that the topic and Connect's producer take
 */
public record DeadLetterConfig(String topic, long maxBytes) {

    /** Setting: the largest dead letter, in bytes. */
    public static final String MAX_BYTES = "dead.letter.max.bytes";

    /** As a topic and a producer take it if nothing is set: message.max.bytes is 1 MiB and 12 bytes, max.request.size 1 MiB. */
    static final int DEFAULT_MAX_BYTES = 1_048_576;

    /** Less than that a letter without its value may have. */
    private static final int LEAST = 2 * DeadLetterSize.FRAME;

    private static final String TOPIC = "errors.deadletterqueue.topic.name";
    private static final String PRODUCER = "producer.override.max.request.size";

    private static final String GROUP = "Dead letters";

    /** Adds the setting to a sink's. */
    public static ConfigDef define(ConfigDef def) {
        return def.define(
                MAX_BYTES,
                Type.INT,
                DEFAULT_MAX_BYTES,
                ConfigDef.Range.between(LEAST, Integer.MAX_VALUE),
                Importance.LOW,
                "The largest dead letter in bytes; a larger one goes to its topic without its value. No more than the dead letter topic takes "
                        + "(its max.message.bytes), else the task fails. A smaller " + PRODUCER
                        + " of the connector counts instead.",
                GROUP,
                1,
                Width.SHORT,
                "Largest dead letter");
    }

    /** @param config of a sink, defined with {@link #define}; the settings of Connect's own are read from what it was made of */
    public static DeadLetterConfig of(AbstractConfig config) {
        Map<String, Object> all = config.originals();
        long maxBytes = config.getInt(MAX_BYTES);
        Object producer = all.get(PRODUCER);
        if (producer != null) {
            maxBytes = Math.min(maxBytes, (Integer)
                    ConfigDef.parseType(PRODUCER, producer.toString().trim(), Type.INT));
        }
        Object topic = all.get(TOPIC);
        return new DeadLetterConfig(topic == null ? "" : topic.toString().trim(), maxBytes);
    }
}
