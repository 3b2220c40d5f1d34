package dev.etcdpg.testing.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The invariants and properties of each configuration in docs/protocol hold in all states. */
class SpecificationTest {

    static List<Config> configs() {
        return Settings.chosen();
    }

    @Test
    void there_are_configurations() {
        assertThat(configs()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("configs")
    void holds(Config config) throws Exception {
        assertThat(config.judged())
                .as("invariants and properties of %s", config)
                .isNotEmpty();

        Report report = Settings.tlc().check(config);

        System.out.println(report);
        assertThat(report.complete()).as("%s", report).isTrue();
        assertThat(report.states()).as("distinct states of %s", config).isGreaterThan(100);
        assertThat(report.depth()).as("depth of %s", config).isGreaterThan(5);
    }
}
