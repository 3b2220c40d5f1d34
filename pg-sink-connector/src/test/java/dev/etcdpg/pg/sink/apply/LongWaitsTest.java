package dev.etcdpg.pg.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LongWaitsTest {

    private static final TopicPartition PARTITION = new TopicPartition("etcd.etcd", 0);

    private final Set<String> waiting = new LinkedHashSet<>();
    private long nanos;
    private final LongWaits waits = new LongWaits(Duration.ofSeconds(30), () -> nanos);

    private Optional<String> after(int seconds) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        return waits.find(PARTITION, waiting.stream().findFirst(), waiting::contains);
    }

    @Test
    void aKeyIsFoundWhenItHasWaitedForLong() {
        waiting.add("a");
        assertThat(after(0)).isEmpty();
        assertThat(after(29)).isEmpty();
        assertThat(after(1)).contains("a");
        assertThat(after(100)).contains("a");
        waiting.clear();
        assertThat(after(1)).isEmpty();
        waiting.add("a");
        assertThat(after(1)).as("the wait has begun again").isEmpty();
        assertThat(after(30)).contains("a");
    }

    @Test
    void aKeyIsFoundAmongOthersThatGo() {
        waiting.addAll(List.of("a", "for ever"));
        for (int i = 0; i < 3; i++) {
            assertThat(after(10)).isEmpty();
        }
        waiting.remove("a");
        waiting.add("b");
        assertThat(after(10)).isEmpty();
        assertThat(after(30)).contains("for ever");
    }
}
