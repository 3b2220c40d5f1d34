package dev.etcdpg.core.config;

import org.apache.kafka.common.config.Config;

/** What a connector's validation finds beyond each setting by itself. */
public final class ConfigErrors {

    private ConfigErrors() {}

    /** Whether no setting has an error so far: then it is worth trying what they name. */
    public static boolean isValid(Config report) {
        return report.configValues().stream()
                .allMatch(value -> value.errorMessages().isEmpty());
    }

    /**
     * Adds an error to a setting.
     *
     * @param message a sentence for who has set it
     * @throws IllegalArgumentException if there is no such setting: the message would be lost
     */
    public static void add(Config report, String setting, String message) {
        report.configValues().stream()
                .filter(value -> value.name().equals(setting))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no setting is named " + setting))
                .addErrorMessage(message);
    }
}
