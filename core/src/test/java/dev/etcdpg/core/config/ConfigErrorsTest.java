package dev.etcdpg.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;

class ConfigErrorsTest {

    private final ConfigValue a = new ConfigValue("a");
    private final ConfigValue b = new ConfigValue("b");
    private final Config report = new Config(List.of(a, b));

    @Test
    void errorsAreAddedToTheirSetting() {
        assertThat(ConfigErrors.isValid(report)).isTrue();
        ConfigErrors.add(report, "b", "too small");
        ConfigErrors.add(report, "b", "too blue");
        assertThat(ConfigErrors.isValid(report)).isFalse();
        assertThat(a.errorMessages()).isEmpty();
        assertThat(b.errorMessages()).containsExactly("too small", "too blue");
    }

    @Test
    void anErrorOfAnUnknownSettingIsNotLost() {
        assertThatThrownBy(() -> ConfigErrors.add(report, "c", "x")).isInstanceOf(IllegalArgumentException.class);
    }
}
