package dev.etcdpg.testing.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.chaos.history.Counts;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WriterTest {
    @Test
    @Timeout(20)
    void aWriterThatDiesIsAFailure() throws InterruptedException {
        Workload.Room room = new Workload.Room(
                "test", new Gate(), new Counts(), new Echoes(), new Echoes(), new CopyOnWriteArrayList<>());
        Writer writer = new Writer("writer-1", room, new Random(1), Duration.ofMillis(1)) {
            @Override
            boolean transaction() {
                throw new IllegalStateException("secret");
            }

            @Override
            void release() {}
        };
        writer.start();
        writer.join();
        room.gate().close();
        assertThat(room.failures())
                .singleElement()
                .asString()
                .contains("writer-1", "IllegalStateException")
                .doesNotContain("secret");
    }
}
