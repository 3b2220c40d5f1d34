package dev.etcdpg.core.config;

import org.apache.kafka.common.config.ConfigDef;

/** A named group of settings in a {@code ConfigDef}. The settings are shown in the order in which they are added. */
public final class SettingGroup {

    private final ConfigDef definition;
    private final String name;
    private int count;

    /** @param name title of the group; also in the configuration reference */
    public SettingGroup(ConfigDef definition, String name) {
        this.definition = definition;
        this.name = name;
    }

    public SettingGroup add(Setting setting) {
        count++;
        setting.defineIn(definition, name, count);
        return this;
    }
}
