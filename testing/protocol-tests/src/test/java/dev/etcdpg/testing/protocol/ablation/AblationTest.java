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
 * Takes each rule of {@code docs/protocol/spec.md} away, and sees that a history then fails that ends well with it: so the rule is needed, and
 * the histories would notice. Not here:
 *
 * <ul>
 *   <li>what contradicts the mirror asks for a new epoch, and a revision is of the epoch in which it was mirrored: random histories hardly come
 *       to what they are for, {@link RestoredEtcdTest} has written ones;
 *   <li>"looked at in time", which is no rule but an assumption;
 *   <li>mirror rows are locked before the rest is read: in memory nothing runs beside a transaction, see {@link LockedMirrorIT};
 *   <li>"claimed anew": shown by {@link Rule#FENCE}, for who writes the key anew fences by the comparison that is taken away there;
 *   <li>"in doubt the key tells" and "reports what is committed": not decisions about what is written, but about what the task believes
 *       afterwards; {@code Fencing.tla} has them, and the etcd sink's own tests.
 * </ul>
 */
class AblationTest {

    /** A rule that is taken away, hazards that make it needed, and a verdict that must be among those that histories end with. */
    enum Rule {
        /** etcd compares the key's revision with the base. */
        COMPARE_AND_SWAP(NO_CAS, "overwrite"),
        /** etcd compares the epoch. */
        EPOCH_COMPARE(NO_EPOCH_CAS, "diverged", EPOCH, A_LOST),
        /** Of a key one change is in flight. */
        ONE_IN_FLIGHT(NO_HOLD, "false-conflict", NO_APP),
        /** The event with the value in flight confirms it. */
        CONFIRMATION(NO_CONFIRM, "false-conflict", NO_APP),
        /** The row keeps its local value while a change waits. */
        THE_ROW_WAITS(NO_ROW_WAIT, "last-wins", NO_APP),
        /** What is lost is not pending any more. */
        LOSS(NO_LOSS, "outcomes"),
        /** What was refused is sent again on what is mirrored now. */
        NEW_BASE(NO_REBASE, "for-ever", POSTGRES_WINS),
        /** Keys and revision of a page belong together. */
        PAGE_REVISION(NO_PAGE_REVISION, "false-epoch", RESYNC),
        /** A loss at the end of a topic shows in a heartbeat. */
        HEARTBEATS(NO_HEARTBEAT, "pending", A_LOST, B_LOST),
        /** The etcd sink begins where its progress says, not where the group is. */
        BEGINNING(NO_SEEK, "false-epoch", LATE_TXN, ZOMBIES),
        /** What is not newer than the last applied is skipped. */
        HIGH_WATER_MARK(NO_HIGHWATER, "history"),
        /** A change in flight is asked about after a manifest. */
        PROBES(NO_PROBE, "pending", RESYNC),
        /** That only the revision moved is no conflict. */
        SAME_VALUE(NO_SAME, "false-conflict", NO_APP, EPOCH),
        /** Numbers passed are dropped. */
        DROPPING_REPEATS(NO_DEDUP, "twice", FEW_VALUES),
        /** Progress is written with what it speaks of. */
        PROGRESS(NO_PROGRESS, "twice", FEW_VALUES),
        /** A snapshot says which keys live. */
        MANIFESTS(NO_MANIFEST, "diverged"),
        /** What is said of a key travels in one lane. */
        LANES(NO_LANE, "diverged", FOUR_KEYS, RESYNC),
        /** Answers wait for the end of a snapshot. */
        HOLDING_ANSWERS(NO_ANSWER_HOLD, "false-epoch", RESYNC),
        /** An answer goes behind the events before it. */
        ORDER(NO_ORDER, "false-epoch"),
        /** The progress key fences. */
        FENCE(NO_FENCE, "false-epoch", LATE_TXN, ZOMBIES),
        /** A change is sent in the epoch of the last snapshot. */
        EPOCH_OF_THE_BASE(NO_EPOCH_BASE, "for-ever", EPOCH),
        /** What was sent in an older epoch is sent again. */
        SENDING_AGAIN(NO_EPOCH_SEND, "pending", EPOCH, A_LOST, B_LOST),
        /** Later records of a key wait behind what is set aside of it. */
        QUEUE(NO_QUEUE, "history", LOCKED),
        /** After a loss answers are not trusted until a snapshot has ended. */
        BLINDNESS(NO_BLIND, "false-epoch", A_LOST),
        /** Numbers follow the time of day: the source may have forgotten the last that it produced. */
        TIME(NO_CLOCK, "pending", PG_RESTORE),
        /** The source raises the counter to its offset: the time of day may have been set back. */
        RAISING_THE_COUNTER(NO_RAISE, "pending", PG_RESTORE, NO_CLOCK, NO_CRASH),
        /** Each record names the one before it. */
        CHAIN(NO_CHAIN, "diverged", A_LOST, B_LOST),
        /** The source looks whether etcd has the history that it delivered. */
        HISTORY_CHECK(NO_HISTORY_CHECK, "diverged", ETCD_RESTORE),
        /** Nothing is sent before the first snapshot. */
        FIRST_SNAPSHOT(NO_FLOOR, "false-refusal", NO_APP);

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
    void withoutItHistoriesFail(Rule rule) {
        JqwikSession.run(() -> {
            RandomGenerator<List<Action>> histories =
                    Histories.of(rule.flags, 110).generator(1_000);
            Random random = new Random(1);
            for (int i = 1; i <= TRIES; i++) {
                List<Action> history = histories.next(random).value();
                List<String> wrong = History.run(World.inMemory(rule.flags), history);
                if (wrong.stream().anyMatch(what -> what.startsWith(rule.verdict))) {
                    assertThat(History.run(World.inMemory(with(rule)), history))
                            .as("what is wrong with the rule")
                            .isEmpty();
                    System.out.println("without " + rule + ": history " + i + " ends with " + wrong.get(0));
                    return;
                }
                assertThat(wrong).as("what is thrown").noneMatch(what -> what.startsWith("thrown"));
            }
            assertThat(rule)
                    .as("a rule without which nothing fails in " + TRIES + " histories")
                    .isNull();
        });
    }
}
