package dev.etcdpg.etcd.sink.commit;

import dev.etcdpg.core.config.Choices;
import dev.etcdpg.core.config.Setting;
import org.apache.kafka.common.config.AbstractConfig;

/** Reaction of the sink to a record of a database that a copy of it has superseded. */
public enum SupersededPolicy {
    /** Fail the task. */
    FAIL,
    /** Write changes to the dead letter topic, and ignore other records. */
    SKIP;

    /** Name of the setting. */
    public static final String SETTING = "superseded.database";

    private static final Choices<SupersededPolicy> CHOICES = Choices.hyphenated(SupersededPolicy.class);

    public static Setting setting() {
        return Setting.choice(SETTING, CHOICES, FAIL)
                .minor()
                .described(
                        "Superseded database",
                        "What the sink does with records of a database that a copy with the same origin has superseded. fail: the task "
                                + "fails. skip: the sink sends changes to the dead letter topic and ignores other records.");
    }

    public static SupersededPolicy of(AbstractConfig config) {
        return CHOICES.parse(config.getString(SETTING));
    }
}
