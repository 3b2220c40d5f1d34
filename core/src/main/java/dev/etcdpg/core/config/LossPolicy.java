package dev.etcdpg.core.config;

import org.apache.kafka.common.config.AbstractConfig;

/** Reaction of a sink when the chain of records shows that records of a topic were lost. */
public enum LossPolicy {
    /** Request the lost data again. */
    HEAL,
    /** Fail the task. */
    FAIL,
    /** Log the loss and go on. */
    IGNORE;

    /** Name of the setting. */
    public static final String SETTING = "loss.policy";

    private static final Choices<LossPolicy> CHOICES = Choices.hyphenated(LossPolicy.class);

    /** @param description meaning of each policy for the sink */
    public static Setting setting(String description) {
        return Setting.choice(SETTING, CHOICES, HEAL).described("Loss policy", description);
    }

    public static LossPolicy of(AbstractConfig config) {
        return CHOICES.parse(config.getString(SETTING));
    }
}
