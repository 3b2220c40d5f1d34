package dev.etcdpg.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class SettingTest {

    private enum Taste {
        VERY_SWEET,
        SOUR
    }

    private static final Choices<Taste> TASTES = Choices.hyphenated(Taste.class);

    private static final ConfigDef DEF = define();

    private static ConfigDef define() {
        ConfigDef def = new ConfigDef();
        new SettingGroup(def, "Food")
                .add(Setting.text("name").matching(text -> text.endsWith("!"), "a text that ends with !"))
                .add(Setting.choice("taste", TASTES, Taste.SOUR).described("Taste", "What it tastes like."))
                .add(Setting.integer("pieces", 1, 10).orElse(3).minor())
                .add(Setting.number("time.ms", 1).orElse(500L));
        new SettingGroup(def, "Secrets").add(Setting.password("password").orElse(null));
        return RetryConfig.define(def);
    }

    private static final class Config extends ConnectorConfig {
        Config(Map<String, String> settings) {
            super(DEF, settings);
        }
    }

    @Test
    void theCaseOfAChoiceDoesNotMatter() {
        for (String text : List.of("very-sweet", "VERY-SWEET", "Very-Sweet", " very-sweet ")) {
            Config config = new Config(Map.of("name", "a!", "taste", text));
            assertThat(config.choice("taste", TASTES)).isEqualTo(Taste.VERY_SWEET);
        }
        assertThat(new Config(Map.of("name", "a!")).choice("taste", TASTES)).isEqualTo(Taste.SOUR);
        assertThatThrownBy(() -> new Config(Map.of("name", "a!", "taste", "bitter")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("one of very-sweet, sour");
    }

    @Test
    void theConstantsOfAChoiceAreRecommended() {
        assertThat(DEF.validateAll(Map.of("name", "a!")).get("taste").recommendedValues())
                .containsExactly("very-sweet", "sour");
        assertThat(Choices.underscored(Taste.class).text(Taste.VERY_SWEET)).isEqualTo("very_sweet");
    }

    @Test
    void valuesAreValidated() {
        assertThatThrownBy(() -> new Config(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("name");
        assertThatThrownBy(() -> new Config(Map.of("name", "a")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ends with !");
        assertThatThrownBy(() -> new Config(Map.of("name", "a!", "pieces", "11")))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new Config(Map.of("name", "a!", "time.ms", "0")))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void settingsKeepTheirGroupAndOrder() {
        assertThat(DEF.groups()).startsWith("Food", "Secrets");
        assertThat(DEF.configKeys().get("pieces").orderInGroup).isEqualTo(3);
        assertThat(DEF.configKeys().get("pieces").importance).isEqualTo(ConfigDef.Importance.LOW);
        assertThat(DEF.configKeys().get("taste").displayName).isEqualTo("Taste");
    }

    @Test
    void theLogDoesNotShowPasswords() {
        Config config = new Config(Map.of("name", "a!", "password", "s3cret"));
        assertThat(config.values().toString()).doesNotContain("s3cret").contains("password=[hidden]");
    }

    @Test
    void lossPoliciesAreTheSameInBothSinks() {
        ConfigDef def = new ConfigDef();
        new SettingGroup(def, "Sink").add(LossPolicy.setting("What happens."));
        assertThat(LossPolicy.of(new org.apache.kafka.common.config.AbstractConfig(def, Map.of("loss.policy", "FAIL"))))
                .isEqualTo(LossPolicy.FAIL);
    }
}
