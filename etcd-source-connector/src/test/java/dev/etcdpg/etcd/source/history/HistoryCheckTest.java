package dev.etcdpg.etcd.source.history;

import static dev.etcdpg.etcd.source.history.HistoryCheck.Action.GO_ON;
import static dev.etcdpg.etcd.source.history.HistoryCheck.Action.NEW_EPOCH;
import static dev.etcdpg.etcd.source.history.HistoryCheck.Action.REPLAY;
import static dev.etcdpg.etcd.source.history.HistoryCheck.Action.SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.source.history.HistoryCheck.Action;
import dev.etcdpg.etcd.source.history.HistoryCheck.EventMatch;
import dev.etcdpg.etcd.source.offset.SeenHistory;
import dev.etcdpg.etcd.source.offset.SourceOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HistoryCheckTest {

    private final SeenHistory seen = seen(100, 3, 50, "c", 4, "/p/");

    private static SeenHistory seen(
            long epoch, long epochRevision, long revision, String cluster, int partitions, String prefix) {
        return new SeenHistory(new SourceOffset.History(epoch, epochRevision, cluster, prefix), revision, partitions);
    }

    private Action decide(SeenHistory before, EtcdState now) {
        return decide(before, now, EventMatch.MATCHES);
    }

    private Action decide(SeenHistory before, EtcdState now, EventMatch event) {
        return HistoryCheck.decide(before, now, event, 4).action();
    }

    @Test
    void theSameHistoryGoesOn() {
        for (EventMatch event : new EventMatch[] {EventMatch.MATCHES, EventMatch.UNKNOWN}) {
            assertThat(decide(seen, new EtcdState(100, 3, 50, "c", false), event))
                    .isEqualTo(GO_ON);
            assertThat(decide(seen, new EtcdState(100, 3, 90, "c", false), event))
                    .isEqualTo(GO_ON);
        }
        assertThat(decide(seen(100, 0, 50, "c", 4, ""), new EtcdState(100, 3, 50, "c", false)))
                .isEqualTo(GO_ON);
    }

    /** A deleted epoch key, or a backup from a time when the connectors worked, is no loss of keys. */
    @Test
    void keysAreLostIfTheEpochKeyIsGoneAndEtcdIsBehind() {
        EtcdState emptied = new EtcdState(0, 0, 49, "c", false);
        EtcdState emptiedAndGrown = new EtcdState(0, 0, 90, "c", false);
        assertThat(HistoryCheck.hasLostKeys(seen, emptied, EventMatch.UNKNOWN)).isTrue();
        assertThat(HistoryCheck.hasLostKeys(seen, emptiedAndGrown, EventMatch.DIFFERS))
                .isTrue();
        assertThat(HistoryCheck.hasLostKeys(seen, emptiedAndGrown, EventMatch.MATCHES))
                .isFalse();
        assertThat(HistoryCheck.hasLostKeys(seen, emptiedAndGrown, EventMatch.UNKNOWN))
                .isFalse();
        assertThat(HistoryCheck.hasLostKeys(seen, new EtcdState(101, 5, 49, "c", true), EventMatch.UNKNOWN))
                .as("somebody else has begun an epoch since")
                .isTrue();
        assertThat(HistoryCheck.hasLostKeys(seen, new EtcdState(101, 5, 49, "c", false), EventMatch.DIFFERS))
                .as("a backup, and somebody has begun an epoch since")
                .isFalse();
        assertThat(HistoryCheck.hasLostKeys(seen, new EtcdState(99, 2, 49, "c", true), EventMatch.DIFFERS))
                .as("a backup of the first epoch")
                .isFalse();
        assertThat(HistoryCheck.hasLostKeys(seen(0, 0, 50, "", 4, ""), emptied, EventMatch.UNKNOWN))
                .as("no offset")
                .isFalse();
    }

    @Test
    void withoutAnOffsetItBeginsWithASnapshotInAnEpoch() {
        SeenHistory nothing = seen(0, 0, 0, "", 4, "");
        assertThat(decide(nothing, new EtcdState(0, 0, 1, "c", false))).isEqualTo(NEW_EPOCH);
        assertThat(decide(nothing, new EtcdState(100, 3, 9, "c", false))).isEqualTo(SNAPSHOT);
    }

    @Test
    void anOffsetThatNamesARevisionAloneIsReplayedFromThere() {
        SeenHistory set = seen(0, 0, 50, "", 4, "");
        assertThat(decide(set, new EtcdState(100, 3, 50, "c", false), EventMatch.UNKNOWN))
                .isEqualTo(REPLAY);
        assertThat(decide(set, new EtcdState(100, 3, 49, "c", false), EventMatch.UNKNOWN))
                .isEqualTo(SNAPSHOT);
    }

    @Test
    void aLaterEpochIsFollowedWhateverElseChanged() {
        assertThat(decide(seen, new EtcdState(101, 3, 9, "other", false))).isEqualTo(SNAPSHOT);
        assertThat(decide(seen(100, 3, 50, "c", 9, "/p/"), new EtcdState(101, 3, 9, "c", false)))
                .isEqualTo(SNAPSHOT);
    }

    @Test
    void aLaterEpochWithinTheHistoryIsMetByTheWatchInOrder() {
        assertThat(decide(seen, new EtcdState(101, 51, 60, "c", false))).isEqualTo(GO_ON);
        assertThat(decide(seen, new EtcdState(101, 50, 60, "c", false))).isEqualTo(SNAPSHOT);
        assertThat(decide(seen, new EtcdState(101, 51, 60, "c", false), EventMatch.UNKNOWN))
                .isEqualTo(SNAPSHOT);
    }

    @Test
    void whatCanNotBeTheSameHistoryBeginsAnEpoch() {
        assertThat(decide(seen, new EtcdState(0, 0, 90, "c", false))).isEqualTo(NEW_EPOCH);
        assertThat(decide(seen, new EtcdState(99, 3, 90, "c", false))).isEqualTo(NEW_EPOCH);
        assertThat(decide(seen, new EtcdState(100, 3, 49, "c", false))).isEqualTo(NEW_EPOCH);
        assertThat(decide(seen, new EtcdState(100, 3, 90, "d", false))).isEqualTo(NEW_EPOCH);
        assertThat(decide(seen, new EtcdState(100, 4, 90, "c", false))).isEqualTo(NEW_EPOCH);
        assertThat(decide(seen, new EtcdState(100, 3, 90, "c", false), EventMatch.DIFFERS))
                .isEqualTo(NEW_EPOCH);
        assertThat(decide(seen(100, 3, 50, "c", 3, "/p/"), new EtcdState(100, 3, 90, "c", false)))
                .isEqualTo(NEW_EPOCH);
    }

    /** Simulates an etcd that the test can back up and restore. */
    private static final class History {
        private List<Long> writes = new ArrayList<>(List.of(0L));
        private long epoch;
        private long epochRevision;
        private final Random random;

        History(Random random) {
            this.random = random;
            raise(0);
        }

        void write(int times) {
            for (int i = 0; i < times; i++) {
                writes.add(random.nextLong());
            }
        }

        void raise(long seen) {
            writes.add(random.nextLong());
            epoch = Math.max(epoch, seen) + 1;
            epochRevision = revision();
        }

        int revision() {
            return writes.size() - 1;
        }

        EtcdState state() {
            return new EtcdState(epoch, epochRevision, revision(), "c", false);
        }
    }

    /**
     * The test restores etcd at any moment and adds any number of revisions. The source continues only if etcd still has all revisions that
     * the source has delivered. Without a restore the source finds no other history. After a new epoch the source needs no second epoch.
     */
    @Property(tries = 3_000)
    void followsRandomHistories(@ForAll long seed) {
        Random random = new Random(seed);
        History etcd = new History(random);
        boolean restored = false;
        List<Long> backup = List.copyOf(etcd.writes);
        long[] backupEpoch = {etcd.epoch, etcd.epochRevision};
        SeenHistory last = seen(0, 0, 0, "", 4, "");
        int event = -1;
        long eventWas = 0;
        List<Long> deliveredFrom = null;
        for (int step = 0; step < 40; step++) {
            switch (random.nextInt(6)) {
                case 0 -> etcd.write(1 + random.nextInt(4));
                case 1 -> {
                    backup = List.copyOf(etcd.writes);
                    backupEpoch = new long[] {etcd.epoch, etcd.epochRevision};
                }
                case 2 -> {
                    restored = true;
                    etcd.writes = new ArrayList<>(backup);
                    etcd.epoch = backupEpoch[0];
                    etcd.epochRevision = backupEpoch[1];
                }
                case 3 -> {
                    if (random.nextInt(3) == 0) {
                        etcd.raise(0);
                    }
                }
                default -> {
                    EtcdState now = etcd.state();
                    EventMatch found = event < 0
                            ? EventMatch.UNKNOWN
                            : event <= etcd.revision() && etcd.writes.get(event) == eventWas
                                    ? EventMatch.MATCHES
                                    : EventMatch.DIFFERS;
                    HistoryCheck.Verdict verdict = HistoryCheck.decide(last, now, found, 4);
                    boolean prefixOfNow = deliveredFrom != null
                            && deliveredFrom.size() <= etcd.writes.size()
                            && etcd.writes.subList(0, deliveredFrom.size()).equals(deliveredFrom);
                    if (!restored) {
                        assertThat(verdict.anotherHistory()).isFalse();
                    }
                    if (verdict.action() == GO_ON) {
                        assertThat(found).isNotEqualTo(EventMatch.DIFFERS);
                        assertThat(prefixOfNow).as("%s %s", last, now).isTrue();
                    } else if (verdict.action() == NEW_EPOCH) {
                        assertThat(prefixOfNow && now.epoch() == last.history().epoch())
                                .isFalse();
                        long old = Math.max(now.epoch(), last.history().epoch());
                        etcd.raise(last.history().epoch());
                        assertThat(etcd.epoch).isGreaterThan(old);
                        now = etcd.state();
                        assertThat(HistoryCheck.decide(last, now, found, 4).action())
                                .isIn(SNAPSHOT, GO_ON);
                    }
                    // the source delivers all revisions, and each revision has an event
                    last = seen(now.epoch(), now.epochRevision(), now.revision(), "c", 4, "/p/");
                    event = etcd.revision();
                    eventWas = etcd.writes.get(event);
                    deliveredFrom = List.copyOf(etcd.writes);
                }
            }
        }
    }
}
