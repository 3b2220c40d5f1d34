package dev.etcdpg.testing.protocol.ablation;

import static dev.etcdpg.testing.protocol.run.Flag.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.protocol.history.Histories;
import dev.etcdpg.testing.protocol.history.History;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.world.Action;
import dev.etcdpg.testing.protocol.world.World;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Removes each rule of {@code docs/protocol/spec.md}, and finds a history that fails without the rule and ends well with the rule. So the rule
 * is needed, and the histories notice when it is missing. The following rules are tested elsewhere:
 *
 * <ul>
 *   <li>A record that contradicts the mirror leads to a new epoch, and a revision belongs to the epoch in which it was mirrored: random
 *       histories rarely need these rules, so {@link RestoredEtcdTest} has histories for them.
 *   <li>"looked at in time" is an assumption, not a rule.
 *   <li>Mirror rows are locked before the rest is read: in memory, nothing runs beside a transaction. See {@link LockedMirrorIT}.
 *   <li>"claimed anew": {@link Rule#FENCE} removes the comparison through which a task that writes the progress key anew fences its
 *       predecessor.
 *   <li>"in doubt the key tells" and "reports committed offsets only": these rules concern the memory of a task, not its writes. {@code
 *       Fencing.tla} and the etcd sink's own tests have them.
 * </ul>
 */
class AblationTest {

    /** A rule, the hazards that make the rule necessary, and the verdict of a history without the rule. */
    enum Rule {
        /** A change is written only where its key is at its base. */
        COMPARE_AND_SWAP(NO_COMPARE_AND_SWAP, "overwrite"),
        /** A change is written only in its epoch. */
        EPOCH_COMPARE(NO_EPOCH_COMPARE, "diverged", EPOCH, LOST_ETCD_RECORDS),
        /** One change of a key is in flight. */
        ONE_IN_FLIGHT(NO_ONE_IN_FLIGHT, "false-conflict", NO_APP),
        /** The event with the value in flight confirms the change. */
        CONFIRMATION(NO_CONFIRMATION, "false-conflict", NO_APP),
        /** The row keeps its local value while a change waits. */
        THE_ROW_WAITS(NO_ROW_WAIT, "last-wins", NO_APP),
        /** A lost change is no longer pending. */
        LOSS(NO_LOSS, "outcomes"),
        /** A refused change is sent again, based on the current mirrored revision. */
        NEW_BASE(NO_NEW_BASE, "for-ever", POSTGRES_WINS),
        /** Rows and manifest of a page have one revision. */
        PAGE_REVISION(NO_PAGE_REVISION, "false-epoch", RESYNC),
        /** Quiet partitions get heartbeats, which reveal a loss at the end of a topic. */
        HEARTBEATS(NO_HEARTBEAT, "pending", LOST_ETCD_RECORDS, LOST_PG_RECORDS),
        /** The etcd sink begins at the position of its progress, not at the position of the consumer group. */
        BEGINNING(NO_SEEK, "false-epoch", LATE_TXN, ZOMBIES),
        /** An event that is not after the last applied one is skipped. */
        LAST_APPLIED(NO_LAST_APPLIED, "history"),
        /** A change in flight is probed after a manifest. */
        PROBES(NO_PROBE, "pending", RESYNC),
        /** The same value again, at a later revision, is no conflict. */
        SAME_VALUE(NO_SAME_VALUE, "false-conflict", NO_APP, EPOCH),
        /** The etcd sink drops records with numbers that it has passed. */
        DROPPING_REPEATS(NO_DROPPED_REPEATS, "twice", FEW_VALUES),
        /** Progress is written together with its effects. */
        PROGRESS(NO_PROGRESS, "twice", FEW_VALUES),
        /** A key that a manifest does not list is deleted. */
        MANIFESTS(NO_MANIFEST, "diverged"),
        /** Everything about a key is in one partition. */
        ONE_PARTITION(NO_ONE_PARTITION, "diverged", FOUR_KEYS, RESYNC),
        /** Answers wait for the end of a snapshot. */
        HOLDING_ANSWERS(NO_WAITING_ANSWERS, "false-epoch", RESYNC),
        /** An answer follows the events before it. */
        ORDER(NO_ANSWER_ORDER, "false-epoch"),
        /** The progress key fences. */
        FENCE(NO_FENCE, "false-epoch", LATE_TXN, ZOMBIES),
        /** The base epoch of an absent key is the epoch of the last snapshot. */
        EPOCH_OF_THE_BASE(NO_EPOCH_BASE, "for-ever", EPOCH),
        /** A change that was sent in an older epoch is sent again. */
        SENDING_AGAIN(NO_SEND_IN_NEW_EPOCH, "pending", EPOCH, LOST_ETCD_RECORDS, LOST_PG_RECORDS),
        /** Later records of a deferred key wait too. */
        DEFERRED_RECORDS(NO_DEFERRED_QUEUE, "history", LOCKED),
        /** After a loss no answer is trusted until a snapshot has ended. */
        NO_TRUST_AFTER_A_LOSS(NO_DISTRUST, "false-epoch", LOST_ETCD_RECORDS),
        /** Numbers follow the time of day, because a restored PostgreSQL does not know the last number. */
        TIME(NO_CLOCK, "pending", PG_RESTORE),
        /** The source raises the last number to its offset, because the time of day may have been set back. */
        RAISING_THE_COUNTER(NO_RAISED_COUNTER, "pending", PG_RESTORE, NO_CLOCK, NO_CRASH),
        /** A record names its predecessor. */
        CHAIN(NO_CHAIN, "diverged", LOST_ETCD_RECORDS, LOST_PG_RECORDS),
        /** The source asks whether etcd still has the history that was delivered. */
        HISTORY_CHECK(NO_HISTORY_CHECK, "diverged", ETCD_RESTORE),
        /** A watch does not begin at or below the compacted revision. */
        WATCH_START(NO_DISTRUST_OF_COMPACTED, "diverged", KILLED_COMPACTION),
        /** A source speaks for its own prefix, which requires that each record names its source. */
        OWN_PREFIX(NO_SOURCE_NAME, "false-conflict", FOREIGN_SOURCE, NO_APP),
        /** A superseded database is refused, which requires that each record names its database. */
        SUPERSEDED_DATABASE(NO_DATABASE, "pending", COPIED_DATABASE, FOUR_KEYS),
        /** Changes that nobody sent are confirmed by an equal event only if they are from one transaction. */
        ONE_TRANSACTION(NO_ONE_TRANSACTION, "skipped", FEW_VALUES),
        /** Nothing is sent before the first snapshot. */
        FIRST_SNAPSHOT(NO_FIRST_SNAPSHOT, "false-refusal", NO_APP),
        /** Retention keeps the mirrored revision. */
        KEPT_REVISION(NO_KEPT_REVISION, "forgotten", RETENTION, MANUAL);

        private final Flag without;
        private final Set<Flag> flags;
        private final String verdict;

        Rule(Flag without, String verdict, Flag... hazards) {
            this.without = without;
            this.flags = EnumSet.of(without, hazards);
            this.verdict = verdict;
        }
    }

    private static Set<Flag> with(Rule rule) {
        Set<Flag> flags = EnumSet.copyOf(rule.flags);
        flags.remove(rule.without);
        return flags;
    }

    private static final int TRIES = Integer.getInteger("ablation.tries", 20_000);

    @ParameterizedTest
    @EnumSource
    void historiesFailWithoutTheRule(Rule rule) {
        JqwikSession.run(() -> {
            RandomGenerator<List<Action>> histories =
                    Histories.of(rule.flags, 110).generator(1_000);
            Random random = new Random(1);
            for (int i = 1; i <= TRIES; i++) {
                List<Action> history = histories.next(random).value();
                List<String> wrong = History.run(World.inMemory(rule.flags), history);
                if (wrong.stream().anyMatch(what -> what.startsWith(rule.verdict))) {
                    assertThat(History.run(World.inMemory(with(rule)), history))
                            .as("violations with the rule")
                            .isEmpty();
                    System.out.println("without " + rule + ": history " + i + " ends with " + wrong.get(0));
                    return;
                }
                assertThat(wrong).as("exceptions").noneMatch(what -> what.startsWith("thrown"));
            }
            assertThat(rule)
                    .as("no history of " + TRIES + " fails without this rule")
                    .isNull();
        });
    }
}
