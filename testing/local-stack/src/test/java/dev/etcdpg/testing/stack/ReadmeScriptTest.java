package dev.etcdpg.testing.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script of the README that posts the examples, with a shell function in place of curl. */
class ReadmeScriptTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final Pattern SCRIPT = Pattern.compile("(?s)```\n( *export ETCD_ENDPOINTS.*?)```");
    private static final String PASSWORD = "a\"b\\c$d`e&f/ ";

    @TempDir
    private Path folder;

    @Test
    void aPasswordCanHaveQuotesAndBackslashes() throws Exception {
        assumeThat(status("command -v envsubst")).as("envsubst is installed").isZero();
        Matcher script = SCRIPT.matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(script.find()).isTrue();

        assertThat(status("curl() { cat > " + folder + "/$c.json; }\n"
                        + script.group(1).replace("…", PASSWORD)))
                .as(Files.readString(folder.resolve("output")))
                .isZero();

        for (String name : Examples.NAMES) {
            var posted =
                    new ObjectMapper().readTree(folder.resolve(name + ".json").toFile());
            assertThat(posted.path("name").asText()).isEqualTo(name);
            if (name.startsWith("pg")) {
                assertThat(posted.at("/config/connection.password").asText()).isEqualTo(PASSWORD);
            }
        }
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
