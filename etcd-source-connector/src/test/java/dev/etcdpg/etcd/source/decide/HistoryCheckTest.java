package dev.etcdpg.etcd.source.decide;

import static dev.etcdpg.etcd.source.decide.HistoryCheck.Action.GO_ON;
import static dev.etcdpg.etcd.source.decide.HistoryCheck.Action.NEW_EPOCH;
import static dev.etcdpg.etcd.source.decide.HistoryCheck.Action.SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.etcd.source.decide.HistoryCheck.Seen;
import org.junit.jupiter.api.Test;

class HistoryCheckTest {

    private final Seen seen = new Seen(100, 50, "c", 4);

    private HistoryCheck.Action decide(Seen before, EtcdState now) {
        return HistoryCheck.decide(before, now, 4).action();
    }

    @Test
    void theSameHistoryGoesOn() {
        assertThat(decide(seen, new EtcdState(100, 3, 50, "c"))).isEqualTo(GO_ON);
        assertThat(decide(seen, new EtcdState(100, 3, 90, "c"))).isEqualTo(GO_ON);
    }

    @Test
    void withoutAnOffsetItBeginsWithASnapshotInAnEpoch() {
        Seen nothing = new Seen(0, 0, "", 4);
        assertThat(decide(nothing, new EtcdState(0, 0, 1, "c"))).isEqualTo(NEW_EPOCH);
        assertThat(decide(nothing, new EtcdState(100, 3, 9, "c"))).isEqualTo(SNAPSHOT);
    }

    @Test
    void aLaterEpochIsFollowedWhateverElseChanged() {
        assertThat(decide(seen, new EtcdState(101, 3, 9, "other"))).isEqualTo(SNAPSHOT);
        assertThat(decide(new Seen(100, 50, "c", 9), new EtcdState(101, 3, 9, "c")))
                .isEqualTo(SNAPSHOT);
    }

    @Test
    void whatCanNotBeTheSameHistoryBeginsAnEpoch() {
        assertThat(decide(seen, new EtcdState(0, 0, 90, "c"))).isEqualTo(NEW_EPOCH);
        assertThat(decide(seen, new EtcdState(99, 3, 90, "c"))).isEqualTo(NEW_EPOCH);
        assertThat(decide(seen, new EtcdState(100, 3, 49, "c"))).isEqualTo(NEW_EPOCH);
        assertThat(decide(seen, new EtcdState(100, 3, 90, "d"))).isEqualTo(NEW_EPOCH);
        assertThat(decide(new Seen(100, 50, "c", 3), new EtcdState(100, 3, 90, "c")))
                .isEqualTo(NEW_EPOCH);
    }

    @Test
    void afterTheNewEpochComesASnapshot() {
        for (EtcdState bad : new EtcdState[] {
            new EtcdState(0, 0, 90, "c"),
            new EtcdState(99, 3, 90, "c"),
            new EtcdState(100, 3, 49, "c"),
            new EtcdState(100, 3, 90, "d")
        }) {
            EtcdState raised = new EtcdState(
                    Math.max(bad.epoch(), 100) + 1, bad.revision() + 1, bad.revision() + 1, bad.cluster());
            assertThat(decide(seen, raised)).isEqualTo(SNAPSHOT);
        }
    }
}
