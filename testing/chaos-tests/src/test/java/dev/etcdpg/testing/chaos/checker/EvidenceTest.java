package dev.etcdpg.testing.chaos.checker;

import static dev.etcdpg.testing.chaos.checker.EvidenceStory.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.chaos.history.Applied;
import dev.etcdpg.testing.chaos.history.Author;
import dev.etcdpg.testing.chaos.history.EtcdEvent;
import dev.etcdpg.testing.chaos.history.Lost;
import org.junit.jupiter.api.Test;

/** The checker accepts a true history and finds each planted fault. */
class EvidenceTest {
    private final EvidenceStory story = EvidenceStory.told();

    private void fails(String sentence) {
        assertThat(story.check()).anySatisfy(failure -> assertThat(failure).contains(sentence));
    }

    private void holds() {
        assertThat(story.check()).isEmpty();
    }

    @Test
    void whatHappenedHolds() {
        holds();
    }

    // the history

    @Test
    void anEntryOfTheHistoryIsMissing() {
        story.history.remove(1);
        fails("lacks revision 103");
    }

    @Test
    void theLastEntryOfTheHistoryIsMissing() {
        story.history.remove(3);
        fails("ends with revision 104");
    }

    @Test
    void theHistoryIsNotInOrder() {
        story.history.add(1, story.history.remove(2));
        fails("has revision 103 applied after 104");
    }

    @Test
    void anEntryOfTheHistoryIsDoubled() {
        story.history.add(2, story.history.get(1));
        fails("has revision 103 applied after 103");
    }

    @Test
    void theHistoryHasAnotherValue() {
        story.history.remove(3);
        story.applied(106, "e3", 106, 1, false, false);
        fails("which in etcd was \"e2\"");
    }

    @Test
    void theHistoryHasAnotherVersion() {
        story.history.remove(3);
        story.applied(106, "e2", 106, 2, false, false);
        fails("version 1");
    }

    @Test
    void theHistoryHasARevisionThatEtcdNeverHad() {
        story.applied(108, "e4", 106, 2, false, false);
        fails("which etcd never did");
    }

    @Test
    void theHistoryHasADeletionWhereEtcdPut() {
        story.history.remove(3);
        story.applied(106, null, 0, 0, false, false);
        fails("as a deletion");
    }

    @Test
    void theHistoryIsOfAnotherEpoch() {
        Applied last = story.history.remove(3);
        story.history.add(new Applied(KEY, 8, 106, true, last.value(), 106, 1, 0, false, false));
        fails("in epoch 8");
    }

    @Test
    void theHistoryCallsAChangeOfEtcdOurs() {
        story.history.remove(3);
        story.applied(106, "e2", 106, 1, true, false);
        fails("where nobody committed it");
    }

    @Test
    void theHistoryCallsOurChangeOneOfEtcd() {
        story.history.remove(1);
        story.history.add(1, new Applied(KEY, EvidenceStory.EPOCH, 103, true, "p1", 101, 2, 0, false, false));
        fails("but the sink wrote it");
    }

    // what snapshots hide

    /** etcd compacted revisions before the watch had them. The snapshot at 110 shows only the last state. */
    private void hide() {
        story.unseen(107, "e5", 106, 2, Author.WRITER);
        story.unseen(108, "e6", 106, 3, Author.WRITER);
        story.applied(108, "e6", 106, 3, false, true);
    }

    @Test
    void aSnapshotHidesWhatWasCompactedBeforeItWasWatched() {
        hide();
        story.compacted(108);
        story.found(KEY, 110);
        story.page(110, "", "");
        story.ended(110);
        holds();
    }

    @Test
    void withoutASnapshotNothingIsHidden() {
        hide();
        story.compacted(108);
        fails("lacks revision 107");
    }

    @Test
    void withoutACompactionNothingIsHidden() {
        hide();
        story.page(110, "", "");
        fails("lacks revision 107");
    }

    @Test
    void aSnapshotOfEarlierRevisionsHidesNothing() {
        hide();
        story.compacted(108);
        story.page(106, "", "");
        fails("lacks revision 107");
    }

    @Test
    void aSnapshotOfOtherKeysHidesNothing() {
        hide();
        story.compacted(108);
        story.found("/config/j", 110);
        story.page(110, "", "/config/j");
        story.page(110, KEY, "");
        fails("lacks revision 107");
    }

    @Test
    void whatWasWatchedIsNotHidden() {
        story.happened(107, "e5", 106, 2, Author.WRITER);
        story.happened(108, "e6", 106, 3, Author.WRITER);
        story.happened(112, "e7", 106, 4, Author.WRITER);
        story.history.remove(4);
        story.compacted(110);
        story.page(111, "", "");
        fails("lacks revision 107");
    }

    /** The watch had passed the revision when etcd was compacted. */
    @Test
    void aSnapshotDoesNotExcuseAWatchThatSkipped() {
        story.unseen(107, "e5", 106, 2, Author.WRITER);
        story.happened(109, "e6", 106, 3, Author.WRITER);
        story.unseen(113, "e7", 106, 4, Author.WRITER);
        story.applied(113, "e7", 106, 4, false, true);
        story.compacted(112);
        story.page(114, "", "");
        story.ended(114);
        fails("lacks revision 107");
    }

    /** The watch was behind the compaction once, but it had passed the compaction when it skipped. */
    @Test
    void aSnapshotDoesNotExcuseAWatchThatSkipsBehindIt() {
        hide();
        story.compacted(108);
        story.page(110, "", "");
        story.ended(110);
        story.happened(111, "e7", 106, 4, Author.WRITER);
        story.unseen(112, "e8", 106, 5, Author.WRITER);
        story.happened(113, "e9", 106, 6, Author.WRITER);
        fails("lacks revision 112");
    }

    /** The source jumps to 112, watches 113, is interrupted, and jumps to 117. */
    private void interrupt() {
        story.unseen(110, "e5", 106, 2, Author.WRITER);
        story.compacted(111);
        story.happened(113, "e6", 106, 3, Author.WRITER);
        story.unseen(116, "e7", 106, 4, Author.WRITER);
        story.unseen(117, "e8", 106, 5, Author.WRITER);
        story.applied(117, "e8", 106, 5, false, true);
        story.page(118, "", "");
        story.ended(118);
    }

    @Test
    void aSnapshotThatIsInterruptedBeginsAgainFurtherOn() {
        interrupt();
        holds();
    }

    @Test
    void aSnapshotThatIsInterruptedBehindItsEndBeginsAgain() {
        story.topic.add(delivered -> delivered.end(0, 112));
        interrupt();
        holds();
    }

    @Test
    void aSourceThatMakesASnapshotAgainAndAgainHidesNothing() {
        story.ended(112);
        story.ended(114);
        interrupt();
        fails("lacks revision 116");
        fails("made 3 snapshots");
    }

    @Test
    void nobodyAskedForASnapshot() {
        story.page(110, "", "");
        story.ended(110);
        fails("made a snapshot at 110, and etcd was not compacted");
    }

    @Test
    void aDeletionMayHaveTheRevisionOfTheSnapshotThatMissedTheKey() {
        story.unseen(107, null, 0, 0, Author.WRITER);
        story.compacted(108);
        story.page(110, "", "");
        story.ended(110);
        story.applied(110, null, 0, 0, false, true);
        holds();
    }

    @Test
    void aSnapshotToldOfADeletionThatWasNone() {
        story.page(110, "", "");
        story.applied(110, null, 0, 0, false, true);
        fails("which etcd never did");
    }

    @Test
    void theTopicHasAnEventTwice() {
        story.watched(106);
        fails("twice");
    }

    // outcomes

    @Test
    void aCommittedChangeIsNowhere() {
        story.committed(4, "tx4", "p4");
        fails("neither in etcd nor in etcd_conflict nor pending: \"p4\"");
    }

    @Test
    void aCommittedDeletionIsNowhere() {
        story.committed(4, "tx4", null);
        fails("neither in etcd nor in etcd_conflict nor pending: a deletion");
    }

    @Test
    void aChangeThatLostIsNotInTheConflicts() {
        story.conflicts.clear();
        story.published.clear();
        fails("neither in etcd nor in etcd_conflict nor pending: \"p3\"");
    }

    @Test
    void whatWasRolledBackReachedEtcd() {
        story.ledger.remove(0);
        fails("where nobody committed it");
    }

    @Test
    void whatWasRolledBackIsInTheConflicts() {
        story.ledger.remove(2);
        fails("which nobody committed");
    }

    @Test
    void aChangeWasAppliedTwice() {
        story.happened(107, "p1", 106, 2, Author.SINK);
        fails("etcd got twice, at 103 and 107");
    }

    @Test
    void aDeletionWasAppliedTwice() {
        story.happened(107, null, 0, 0, Author.SINK);
        fails("deleted " + KEY + " in etcd 2 times");
    }

    @Test
    void changesWereAppliedOutOfOrder() {
        story.committed(4, "tx4", "p4");
        story.committed(5, "tx5", "p5");
        story.happened(107, "p5", 106, 2, Author.SINK);
        story.happened(108, "p4", 106, 3, Author.SINK);
        fails("out of order, at 108");
    }

    @Test
    void aChangeIsConfirmedAndLost() {
        story.lost(1, "tx1", "p1", 101, 106);
        fails("confirmed at 103, and in etcd_conflict too");
    }

    @Test
    void aConflictIsThereTwice() {
        story.lost(3, "tx3", "p3", 0, 106);
        fails("etcd_conflict has twice");
    }

    @Test
    void aLostInsertIsAppliedLate() {
        story.happened(107, null, 0, 0, Author.WRITER);
        lateInsert();
        story.late(0);
        holds();
    }

    @Test
    void aLostInsertIsAppliedLateAndNotMarked() {
        story.happened(107, null, 0, 0, Author.WRITER);
        lateInsert();
        fails("which etcd_conflict does not say");
    }

    private void lateInsert() {
        story.events.add(new EtcdEvent(KEY, 108, "p3", 108, 1, 0, Author.SINK));
        story.watched(108);
        story.applied(108, "p3", 108, 1, false, false);
    }

    @Test
    void aLostInsertIsMarkedWhenSomebodyElseInsertsTheSame() {
        story.happened(107, null, 0, 0, Author.WRITER);
        story.happened(108, "p3", 108, 1, Author.WRITER);
        story.late(0);
        holds();
    }

    /** A writer's put confirms the insert, the key is deleted, and then the insert arrives. */
    private void insertTwice(Author first) {
        story.happened(107, null, 0, 0, Author.WRITER);
        story.committed(4, "tx4", "p4");
        story.events.add(new EtcdEvent(KEY, 108, "p4", 108, 1, 0, first));
        story.watched(108);
        story.applied(108, "p4", 108, 1, true, false);
        story.happened(109, null, 0, 0, Author.WRITER);
        story.events.add(new EtcdEvent(KEY, 110, "p4", 110, 1, 0, Author.SINK));
        story.watched(110);
        story.applied(110, "p4", 110, 1, false, false);
    }

    @Test
    void anInsertFollowsADeletionThatItNeverSaw() {
        insertTwice(Author.WRITER);
        holds();
    }

    @Test
    void anInsertFollowsADeletionAndWasThereAlready() {
        insertTwice(Author.SINK);
        fails("but the sink wrote it");
        fails("etcd got twice");
    }

    @Test
    void aConflictIsMarkedAsAppliedLateAndWasNot() {
        story.late(0);
        fails("says that etcd took it late, and it did not");
    }

    @Test
    void aChangeLostToNobody() {
        story.committed(4, "tx4", "p4");
        story.happened(107, "p4", 106, 2, Author.SINK);
        story.committed(5, "tx5", "p5");
        story.lost(5, "tx5", "p5", 106, 107);
        fails("lost, though nobody else wrote the key between revisions 106 and 107");
    }

    @Test
    void aChangeLostToARevisionThatWasNone() {
        story.conflicts.clear();
        story.published.clear();
        story.lost(3, "tx3", "p3", 0, 109);
        fails("at which etcd did nothing");
    }

    @Test
    void aTransactionIsOneChangeOfAKey() {
        story.committed(4, "tx4", "p4");
        story.committed(5, "tx4", null);
        story.committed(6, "tx4", "p6");
        story.happened(107, "p6", 106, 2, Author.SINK);
        holds();
    }

    @Test
    void aTransactionIsLostInPart() {
        story.committed(4, "tx3", "p4");
        story.happened(107, "p4", 106, 2, Author.SINK);
        fails("of one transaction, one of these is lost");
    }

    @Test
    void manyWaitingChangesAreTakenTogether() {
        wait(11);
        story.happened(107, "p20", 106, 2, Author.SINK);
        holds();
    }

    @Test
    void fewWaitingChangesAreSentOneByOne() {
        wait(10);
        story.happened(107, "p19", 106, 2, Author.SINK);
        fails("skipped");
    }

    /** The absence of the key for a while is not the outcome of a skipped deletion. */
    @Test
    void aDeletionAmongManyIsNotWhatTheOthersWereSkippedFor() {
        story.committed(9, "tx9", "p9");
        story.committed(10, "tx10", null);
        wait(11);
        story.happened(107, null, 0, 0, Author.WRITER);
        story.happened(108, "e8", 108, 1, Author.WRITER);
        story.happened(109, "p20", 108, 2, Author.SINK);
        holds();
    }

    private void wait(int changes) {
        for (int i = 10; i < 10 + changes; i++) {
            story.committed(i, "tx" + i, "p" + i);
        }
    }

    @Test
    void whatEtcdHasAlreadyNeedsNotBeSent() {
        story.committed(4, "tx4", "e2");
        holds();
    }

    @Test
    void aDeletionOfWhatIsAbsentNeedsNotBeSent() {
        story.committed(4, "tx4", null);
        story.happened(107, null, 0, 0, Author.WRITER);
        holds();
    }

    @Test
    void aDeletionOfWhatIsAbsentNeedsNotBeSentThoughALostInsertIsYetToCome() {
        story.happened(107, null, 0, 0, Author.WRITER);
        story.committed(4, "tx4", "p4");
        story.committed(5, "tx4", null);
        lateInsert();
        story.late(0);
        story.happened(109, "e3", 108, 2, Author.WRITER);
        holds();
    }

    // who did it

    @Test
    void aValueThatNobodySigned() {
        story.committed(4, "tx4", "p4");
        story.events.add(new EtcdEvent(KEY, 107, "p4", 106, 2, 0, Author.LEASE));
        story.watched(107);
        story.applied(107, "p4", 106, 2, true, false);
        fails("\"p4\" of " + KEY + " at 107, with neither");
    }

    @Test
    void aDeletionThatNobodySigned() {
        story.happened(107, null, 0, 0, Author.LEASE);
        fails("a deletion of " + KEY + " at 107, with neither");
    }

    @Test
    void aLeaseEnds() {
        story.events.add(new EtcdEvent(KEY, 107, "e7", 106, 2, 5, Author.WRITER));
        story.watched(107);
        story.history.add(new Applied(KEY, EvidenceStory.EPOCH, 107, true, "e7", 106, 2, 5, false, false));
        story.happened(108, null, 0, 0, Author.LEASE);
        holds();
    }

    @Test
    void theHistoryCallsADeletionOfEtcdOurs() {
        story.events.add(new EtcdEvent(KEY, 107, null, 0, 0, 0, Author.WRITER));
        story.watched(107);
        story.applied(107, null, 0, 0, true, false);
        fails("has 2 deletions of " + KEY + " of this database, where 1");
    }

    @Test
    void theHistoryCallsOurDeletionOneOfEtcd() {
        story.history.remove(2);
        story.history.add(2, new Applied(KEY, EvidenceStory.EPOCH, 104, false, null, 0, 0, 0, false, false));
        fails("has 1 deletions of " + KEY + " of etcd, but the sink made them");
    }

    @Test
    void aChangeIsMarkedAsAppliedLateAndWasThereBefore() {
        story.happened(107, "p3", 106, 2, Author.WRITER);
        story.conflicts.clear();
        story.published.clear();
        story.happened(108, "e8", 106, 3, Author.WRITER);
        story.lost(3, "tx3", "p3", 0, 108);
        story.late(0);
        fails("says that etcd took it late, and it did not");
    }

    @Test
    void onlyAnInsertIsAppliedLate() {
        story.conflicts.clear();
        story.published.clear();
        story.lost(3, "tx3", "p3", 104, 106);
        story.happened(107, "p3", 106, 2, Author.WRITER);
        story.late(0);
        fails("says that etcd took it late, and it did not");
    }

    // the conflicts topic

    @Test
    void aConflictIsNotPublished() {
        story.published.clear();
        fails("in etcd_conflict and not in the conflicts topic");
    }

    @Test
    void aConflictMayBePublishedAgain() {
        story.published.add(story.published.get(0));
        holds();
    }

    @Test
    void aConflictIsPublishedThatIsNone() {
        story.published.add(new Lost(KEY, 9, null, "p9", 0, EvidenceStory.EPOCH, 106, "", false));
        fails("in the conflicts topic and not in etcd_conflict");
    }

    @Test
    void whatBecameOfAConflictIsNotPublished() {
        story.happened(107, null, 0, 0, Author.WRITER);
        lateInsert();
        story.late(0);
        story.published.remove(1);
        fails("not the same in etcd_conflict and in the conflicts topic");
    }

    @Test
    void aConflictIsPublishedWithAnotherBase() {
        story.published.set(0, new Lost(KEY, 3, null, "p3", 5, EvidenceStory.EPOCH, 106, "etcd was changed", false));
        fails("not the same in etcd_conflict and in the conflicts topic");
    }

    @Test
    void aConflictIsPublishedWithAnotherValue() {
        story.published.set(0, new Lost(KEY, 3, null, "p4", 0, EvidenceStory.EPOCH, 106, "etcd was changed", false));
        fails("not the same in etcd_conflict and in the conflicts topic");
    }

    @Test
    void aConflictIsPublishedWithAnotherReason() {
        story.published.set(0, new Lost(KEY, 3, null, "p3", 0, EvidenceStory.EPOCH, 106, "", false));
        fails("not the same in etcd_conflict and in the conflicts topic");
    }

    @Test
    void aConflictIsOfAnotherEpoch() {
        story.conflicts.clear();
        story.conflicts.add(new Lost(KEY, 3, "tx3", "p3", 0, 8, 106, "", false));
        fails("lost in epoch 8");
    }
}
