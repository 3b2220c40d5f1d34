package dev.etcdpg.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a JVM ends, its servers end too. Their logs stay. */
class LeftBehindIT {

    @TempDir
    private Path workingFolder;

    /** A program that never closes its server. */
    public static final class Careless {
        public static void main(String[] arguments) throws IOException {
            Etcd etcd = Etcd.shared();
            Files.writeString(Path.of("left"), etcd.folder() + "\n" + etcd.pid());
        }
    }

    @Test
    void theServerAndItsDataAreGoneAndItsLogIsThere() throws Exception {
        Files.createDirectories(workingFolder.resolve("target"));
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Careless.class.getName())
                .directory(workingFolder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(workingFolder.resolve("output").toFile())
                .start();
        assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue())
                .as(Files.readString(workingFolder.resolve("output")))
                .isZero();
        String[] left = Files.readString(workingFolder.resolve("left")).split("\n");
        assertThat(ProcessHandle.of(Long.parseLong(left[1])).filter(ProcessHandle::isAlive))
                .isEmpty();
        assertThat(Path.of(left[0]).resolve("data")).doesNotExist();
        assertThat(Path.of(left[0]).resolve("server.log")).isNotEmptyFile();
    }
}
