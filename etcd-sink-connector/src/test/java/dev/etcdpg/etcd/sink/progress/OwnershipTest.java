package dev.etcdpg.etcd.sink.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.etcd.bookkeeping.ChainSender;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OwnershipTest {

    private static final SinkProgress WRITTEN = new SinkProgress(5, Map.of("o", 9L), Map.of(), "me", false);

    @Test
    void everyWayTheKeyCanHaveChangedIsToldApart() {
        SinkProgress further = WRITTEN.withNext(6).passed(new ChainSender("o", null), 10);
        assertThat(judge(WRITTEN, 20)).isEqualTo(Ownership.SAME);
        assertThat(judge(further, 21)).isEqualTo(Ownership.OURS);
        assertThat(judge(WRITTEN, 21)).isEqualTo(Ownership.OURS);
        assertThat(judge(further.by("other"), 21)).isEqualTo(Ownership.TAKEN);
        assertThat(judge(further.by(null), 21)).isEqualTo(Ownership.TAKEN);
        assertThat(judge(null, 0)).isEqualTo(Ownership.BEHIND);
        assertThat(judge(WRITTEN, 19)).isEqualTo(Ownership.BEHIND);
        assertThat(judge(WRITTEN.withNext(4), 21)).isEqualTo(Ownership.BEHIND);
        assertThat(judge(SinkProgress.startingAt(7).by("other"), 21)).isEqualTo(Ownership.BEHIND);
        assertThat(judge(SinkProgress.startingAt(7).by("me"), 20)).isEqualTo(Ownership.BEHIND);
    }

    private static Ownership judge(SinkProgress now, long at) {
        return Ownership.judge(new OwnedProgress(WRITTEN, 20, OptionalLong.of(1)), "me", Optional.ofNullable(now), at);
    }
}
