package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.etcdpg.testing.servers.Prometheus;
import dev.etcdpg.testing.stack.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Runs the tests of the alert rules in config-examples, with Debian's promtool. */
class AlertRulesIT {

    private static final Path FOLDER = Checkout.examples().resolve("monitoring");

    @Test
    void theRulesPassTheirTests() throws IOException {
        assumeTrue(Prometheus.isAvailable(), "Prometheus is neither installed nor a package here");
        assertThat(Prometheus.promtool(
                        "check", "config", FOLDER.resolve("prometheus.yml").toString()))
                .contains("SUCCESS");
        assertThat(Prometheus.promtool(
                        "test", "rules", FOLDER.resolve("alerts-test.yml").toString()))
                .contains("SUCCESS");
        String tests = Files.readString(FOLDER.resolve("alerts-test.yml"));
        Pattern.compile("(?m)^ *- alert: (\\w+)$")
                .matcher(Files.readString(FOLDER.resolve("alerts.yml")))
                .results()
                .forEach(alert -> assertThat(tests).contains("- name: " + alert.group(1) + "\n"));
    }
}
