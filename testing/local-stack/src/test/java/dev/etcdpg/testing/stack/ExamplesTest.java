package dev.etcdpg.testing.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExamplesTest {
    /** What ./sandbox env prints of the names that examples may use. */
    private static final Set<String> KNOWN =
            Set.of("KAFKA_BOOTSTRAP", "ETCD_ENDPOINTS", "ETCD_PREFIX", "PG_JDBC_URL", "PG_USER", "PG_PASSWORD");

    /** The same of a secured stack, which prints no password. */
    private static final Set<String> KNOWN_SECURED = Set.of(
            "KAFKA_BOOTSTRAP", "ETCD_ENDPOINTS", "ETCD_PREFIX", "PGHOST", "PGPORT", "PGDATABASE", "SECURITY_FOLDER");

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{file:[^{}]*/secrets\\.properties:[a-z-]+}");

    /** Settings that a secured example may change, add or leave out. */
    private static final Pattern OF_SECURITY =
            Pattern.compile("etcd\\.(cacert|cert|key|user|password)|connection\\..*|auto\\.create");

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
        var body = read(file, KNOWN);
        assertThat(body.path("name").asText()).isEqualTo(file.replace("routes/", ""));
        assertThat(body.path("config").toString()).doesNotContain("${");
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd-source", "pg-sink", "pg-notify-source", "etcd-sink"})
    void aSecuredExampleRefersToItsSecrets(String file) {
        Map<String, String> secured = settings("security/" + file, KNOWN_SECURED);
        assertThat(secured.values())
                .allSatisfy(value ->
                        assertThat(REFERENCE.matcher(value).replaceAll("")).doesNotContain("${"));
        String password = file.startsWith("etcd") ? "etcd.password" : "connection.password";
        assertThat(secured.get(password)).matches(REFERENCE).contains(":" + file + "}");
        if (file.startsWith("etcd")) {
            assertThat(secured).containsKeys("etcd.cacert", "etcd.cert", "etcd.key");
        } else {
            assertThat(secured.get("connection.url")).contains("?sslmode=verify-full&sslrootcert=");
        }

        Map<String, String> plain = settings(file, KNOWN);
        plain.keySet().removeIf(OF_SECURITY.asMatchPredicate());
        secured.keySet().removeIf(OF_SECURITY.asMatchPredicate());
        assertThat(secured).isEqualTo(plain);
    }

    private static Map<String, String> settings(String file, Set<String> known) {
        return new ObjectMapper().convertValue(read(file, known).path("config"), new TypeReference<>() {});
    }

    private static JsonNode read(String file, Set<String> known) {
        Map<String, String> environment =
                known.stream().collect(Collectors.toMap(name -> name, name -> "$1 and \\ of " + name));
        return Examples.read(Path.of("..", "..", "config-examples"), file, escaped(environment));
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
