package dev.etcdpg.pg.sink.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Revision;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final Content VALUE = Content.of("v");

    private static KeySyncState state(Content mirrored, long settledId, long lastWal, Flight flight) {
        Mirror mirror = new Mirror(1, 5, mirrored, 5, 1, 0);
        return new KeySyncState(mirror, Revision.NONE, settledId, flight, lastWal, Content.ABSENT, true, false);
    }

    private static Verdict verdict(KeySyncState before, KeySyncState after, boolean rowFollows) {
        return new Verdict(before, after, List.of(), rowFollows, null, 0);
    }

    private static Flight inflight(Flight.NextAction nextAction) {
        return new Flight(Flight.Status.INFLIGHT, 7, VALUE, 1, 0, nextAction, Revision.NONE, null);
    }

    @Test
    void theTableNeedsARowIfTheRowFollowsAMirroredValue() {
        assertThat(verdict(KeySyncState.NEVER, state(VALUE, 0, 0, null), true).wantsRow())
                .isTrue();
        assertThat(verdict(KeySyncState.NEVER, state(VALUE, 0, 0, null), false).wantsRow())
                .isFalse();
        assertThat(verdict(KeySyncState.NEVER, state(Content.ABSENT, 0, 0, null), true)
                        .wantsRow())
                .isFalse();
        assertThat(verdict(KeySyncState.NEVER, state(Content.UNREPRESENTABLE, 0, 0, null), true)
                        .wantsRow())
                .isFalse();
    }

    @Test
    void dispatchChecksAKeyThatChangedAndHasAnAction() {
        KeySyncState waiting = state(VALUE, 3, 4, null);
        KeySyncState settled = state(VALUE, 4, 4, null);
        assertThat(verdict(settled, waiting, true).needsDispatch()).isTrue();
        assertThat(verdict(waiting, waiting, true).needsDispatch()).isFalse();
        assertThat(verdict(waiting, settled, true).needsDispatch()).isFalse();
        assertThat(verdict(settled, state(VALUE, 3, 4, inflight(Flight.NextAction.SEND)), true)
                        .needsDispatch())
                .isTrue();
        assertThat(verdict(settled, state(VALUE, 3, 9, inflight(null)), true).needsDispatch())
                .isFalse();
    }

    @Test
    void nullMeansAbsentAndAnEmptyStringIsAValue() {
        assertThat(Content.of((String) null)).isEqualTo(Content.ABSENT);
        assertThat(Content.of("").isValue()).isTrue();
        assertThat(Content.ABSENT.isValue()).isFalse();
        assertThat(Content.UNREPRESENTABLE.isValue()).isFalse();
    }
}
