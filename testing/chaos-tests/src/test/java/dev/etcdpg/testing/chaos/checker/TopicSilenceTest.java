package dev.etcdpg.testing.chaos.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicSilenceTest {
    private static final Duration LONG = Duration.ofSeconds(12);

    /** Time passes only in waits. Records arrive at the given seconds. */
    private record Topic(List<Integer> records, int snapshotUntil, int[] second) implements TopicSilence.Ear {
        Topic(List<Integer> records, int snapshotUntil) {
            this(records, snapshotUntil, new int[1]);
        }

        @Override
        public Map<String, Long> heardWithin(Duration time) {
            int from = second[0];
            second[0] += (int) time.toSeconds();
            long heard =
                    records.stream().filter(at -> at >= from && at < second[0]).count();
            return heard == 0 ? Map.of() : Map.of("change", heard);
        }

        @Override
        public boolean isSnapshotUnderWay() {
            return second[0] < snapshotUntil;
        }
    }

    private static List<String> await(int snapshotUntil, Integer... records) throws InterruptedException {
        return TopicSilence.await(new Topic(List.of(records), snapshotUntil), LONG);
    }

    @Test
    void nothingComes() throws InterruptedException {
        assertThat(await(0)).isEmpty();
    }

    @Test
    void whatWasOnItsWayMayCome() throws InterruptedException {
        assertThat(await(0, 1, 4)).isEmpty();
    }

    @Test
    void aSnapshotMayComeToItsEnd() throws InterruptedException {
        assertThat(await(30, 1, 5, 10, 15, 20, 25, 29)).isEmpty();
    }

    @Test
    void whatComesAfterQuietIsAFailure() throws InterruptedException {
        assertThat(await(0, 12)).singleElement().asString().contains("after it had settled", "change");
        assertThat(await(0, 1, 14)).hasSize(1);
    }

    @Test
    void whatComesAgainAndAgainIsAFailure() throws InterruptedException {
        assertThat(await(0, 2, 5, 8, 11, 14)).singleElement().asString().contains("all the same");
    }
}
