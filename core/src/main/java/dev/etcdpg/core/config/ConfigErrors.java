package dev.etcdpg.core.config;

import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigValue;

/** Reports the errors that a connector's {@code validate} finds beyond the checks of single settings. */
public final class ConfigErrors {

    private ConfigErrors() {}

    /** Returns whether no setting has an error so far. A connection can be tried only with such settings. */
    public static boolean isValid(Config report) {
        return report.configValues().stream()
                .allMatch(value -> value.errorMessages().isEmpty());
    }

    /**
     * Adds an error to a setting.
     *
     * @param message full sentences that tell the user what to change
     * @throws IllegalArgumentException if there is no such setting, because the message would be lost
     */
    public static void add(Config report, String setting, String message) {
        report.configValues().stream()
                .filter(value -> value.name().equals(setting))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no setting " + setting))
                .addErrorMessage(message);
    }

    /**
     * Adds an error to a setting of Connect, which is not in the report of a connector. Connect shows the error at this setting. The value is left
     * out, because Connect would need it in its own type.
     */
    static void addToConnect(Config report, String setting, String message) {
        if (report.configValues().stream().noneMatch(value -> value.name().equals(setting))) {
            report.configValues().add(new ConfigValue(setting));
        }
        add(report, setting, message);
    }
}
