package dev.etcdpg.core.config;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.slf4j.Logger;

/** Base of the connectors' settings: typed access and the log of all values. */
public abstract class ConnectorConfig extends AbstractConfig {

    /** Creates a configuration. Connect's own settings of a connector are ignored; {@link #originals()} contains them. */
    protected ConnectorConfig(ConfigDef definition, Map<String, String> settings) {
        super(definition, settings, false);
    }

    /** Logs all settings of this connector at the start of a task. Passwords are shown as {@code [hidden]}. */
    public final void log(Logger logger) {
        logger.info("Settings: {}", new TreeMap<>(values()));
    }

    public final RetryConfig retry() {
        return RetryConfig.of(this);
    }

    protected final Duration millis(String name) {
        return Duration.ofMillis(getLong(name));
    }

    /** Returns the configured text, or the other text if the configured one is empty. */
    protected final String textOr(String name, String other) {
        String text = getString(name);
        return text.isEmpty() ? other : text;
    }

    protected final <E extends Enum<E>> E choice(String name, Choices<E> choices) {
        return choices.parse(getString(name));
    }
}
