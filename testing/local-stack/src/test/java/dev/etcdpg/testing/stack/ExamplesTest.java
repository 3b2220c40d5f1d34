package dev.etcdpg.testing.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExamplesTest {
    /** What ./sandbox env prints of the names that examples may use. */
    private static final Set<String> KNOWN =
            Set.of("KAFKA_BOOTSTRAP", "ETCD_ENDPOINTS", "ETCD_PREFIX", "PG_JDBC_URL", "PG_USER", "PG_PASSWORD");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etcd-source",
                "pg-sink",
                "pg-notify-source",
                "etcd-sink",
                "routes/etcd-source",
                "routes/pg-sink",
                "routes/etcd-sink"
            })
    void everyExampleOfTheCheckoutCanBeFilledIn(String file) {
        Map<String, String> environment =
                KNOWN.stream().collect(Collectors.toMap(name -> name, name -> "$1 and \\ of " + name));
        var body = Examples.read(Path.of("..", "..", "config-examples"), file, escaped(environment));
        assertThat(body.path("name").asText()).isEqualTo(file.replace("routes/", ""));
        assertThat(body.path("config").toString()).doesNotContain("${");
    }

    @Test
    void aPlaceholderThatNobodyKnowsIsNamed() {
        assertThatThrownBy(() -> Examples.fill("x ${NO_SUCH} y", Map.of()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("${NO_SUCH}");
    }

    private static Map<String, String> escaped(Map<String, String> environment) {
        return environment.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().replace("\\", "\\\\")));
    }
}
