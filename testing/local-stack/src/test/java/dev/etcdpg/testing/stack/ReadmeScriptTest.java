package dev.etcdpg.testing.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the scripts of the documents that post the examples, with a shell function in place of curl. */
class ReadmeScriptTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final Pattern SCRIPT = Pattern.compile("(?s)```\n( *export ETCD_ENDPOINTS.*?)```");
    private static final Pattern SECURED_SCRIPT = Pattern.compile("(?s)```\n( *export SECURITY_FOLDER.*?)```");
    private static final String PASSWORD = "a\"b\\c$d`e&f/ ";

    @TempDir
    private Path folder;

    @Test
    void aPasswordCanHaveQuotesAndBackslashes() throws Exception {
        run("README.md", SCRIPT);

        for (String name : Examples.NAMES) {
            JsonNode posted = posted(name);
            assertThat(posted.path("name").asText()).isEqualTo(name);
            if (name.startsWith("pg")) {
                assertThat(posted.at("/config/connection.password").asText()).isEqualTo(PASSWORD);
            }
        }
    }

    /** envsubst leaves the references of Kafka's config providers. */
    @Test
    void securedConfigurationsHaveReferencesInPlaceOfPasswords() throws Exception {
        run("docs/operations.md", SECURED_SCRIPT);

        for (String name : Examples.NAMES) {
            JsonNode config = posted(name).path("config");
            assertThat(config.path(name.startsWith("pg") ? "connection.password" : "etcd.password")
                            .asText())
                    .isEqualTo("${file:/etc/connect/secrets.properties:" + name + "}");
            assertThat(config.path(name.startsWith("pg") ? "connection.url" : "etcd.cacert")
                            .asText())
                    .isEqualTo(
                            name.startsWith("pg")
                                    ? "jdbc:postgresql://db:5432/app?sslmode=verify-full&sslrootcert=/etc/connect/ca.crt"
                                    : "/etc/connect/ca.crt");
        }
    }

    private void run(String document, Pattern pattern) throws Exception {
        assumeThat(status("command -v envsubst")).as("envsubst is installed").isZero();
        Matcher script = pattern.matcher(Files.readString(ROOT.resolve(document)));
        assertThat(script.find()).isTrue();
        assertThat(status("curl() { cat > " + folder + "/$c.json; }\n"
                        + script.group(1).replace("…", PASSWORD)))
                .as(Files.readString(folder.resolve("output")))
                .isZero();
    }

    private JsonNode posted(String name) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(name + ".json").toFile());
    }

    private int status(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-eu", "-c", script)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return shell.exitValue();
    }
}
