package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The source needs little memory for any contents of etcd. The tests run the source in a separate process with a small heap. */
class SmallHeapIT {

    private Etcd etcd;
    private TestEtcdClient client;
    private Process reader;

    @BeforeEach
    void start() {
        etcd = Etcd.started();
        client = new TestEtcdClient(etcd.endpoint());
    }

    @AfterEach
    void stop() {
        if (reader != null) {
            reader.destroyForcibly();
        }
        client.close();
        etcd.close();
    }

    /** Starts the program, waits for the end of its first snapshot, and returns its output. */
    private BufferedReader read(int megabytes, long deletions) throws IOException {
        reader = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + megabytes + "m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeapReader.class.getName(),
                        etcd.endpoint(),
                        Long.toString(deletions))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = reader.inputReader();
        assertThat(output.readLine()).isEqualTo(SmallHeapReader.READY);
        return output;
    }

    @Test
    void largeValuesAfterManySmallOnesAreReadWithASmallHeap() throws Exception {
        client.putMany(10_000, i -> "/app/a" + i, i -> "v");
        for (int i = 0; i < 80; i++) {
            client.put("/app/b" + i, "x".repeat(1 << 20));
        }
        BufferedReader output = read(80, 1);
        client.delete("/app/a1");
        assertThat(output.readLine()).isEqualTo("deleted 1");
    }

    /**
     * {@code -Dkeys=2000000 -Dheap=256} tries a very large revision. If etcd sends a larger message than the source accepts, the source takes a
     * snapshot.
     */
    @Test
    void aRevisionOfManyDeletionsIsReadWithASmallHeap() throws Exception {
        int keys = Integer.getInteger("keys", 100_000);
        client.putMany(keys, i -> "/app/" + 10_000_000 + i, i -> "v");
        long begin = System.nanoTime();
        BufferedReader output = read(Integer.getInteger("heap", 64), keys);
        System.out.printf("snapshot of %d keys: %.1f s%n", keys, (System.nanoTime() - begin) / 1e9);
        try {
            client.deletePrefix("/app/");
        } catch (IllegalStateException e) {
            // etcd answers after seven seconds, and deletes nevertheless
            assertThat(e).hasMessageContaining("request timed out");
        }
        assertThat(output.readLine()).isIn("deleted " + keys, SmallHeapReader.READ_AGAIN);
        assertThat(reader.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(reader.exitValue()).isZero();
    }
}
