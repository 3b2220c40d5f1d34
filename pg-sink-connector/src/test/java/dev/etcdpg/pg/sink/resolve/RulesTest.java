package dev.etcdpg.pg.sink.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RulesTest {

    /** Compares the decision for each state, input and policy with that of the protocol's model. */
    @Test
    void decidesLikeTheModel() {
        int cases = 0;
        for (ConflictPolicy policy : ConflictPolicy.values()) {
            Rules rules = new Rules(policy, Cases.OURS);
            for (KeySyncState state : Cases.states()) {
                for (Input input : Cases.inputs()) {
                    check(rules.fold(state, List.of(input)), state, input, policy);
                    cases++;
                }
            }
        }
        assertThat(cases).isGreaterThan(100_000);
    }

    /** Each snapshot added a deletion to the history for every key that was pending and absent. */
    @Test
    void aManifestAddsAHistoryEntryOnlyForADeletedKey() {
        for (ConflictPolicy policy : ConflictPolicy.values()) {
            for (KeySyncState state : Cases.states()) {
                for (Input input : Cases.inputs()) {
                    if (input instanceof Input.Read) {
                        Verdict verdict = new Rules(policy, Cases.OURS).fold(state, List.of(input));
                        boolean deleted = state.mirror().content().isLive()
                                && !verdict.after().mirror().content().isLive();
                        assertThat(verdict.effects().stream().anyMatch(Effect.Applied.class::isInstance))
                                .as("%s %s %s", policy, state, input)
                                .isEqualTo(deleted);
                    }
                }
            }
        }
    }

    private static void check(Verdict verdict, KeySyncState state, Input input, ConflictPolicy policy) {
        Oracle oracle = new Oracle(state, policy);
        oracle.handle(input, Cases.OURS);
        KeySyncState after = verdict.after();
        String which = policy + " " + state + " " + input + " -> " + verdict;
        if (!after.mirror().base().equals(new Revision(oracle.mirrorEpoch, oracle.mirrorRevision))
                || !java.util.Objects.equals(Oracle.name(after.mirror().content()), oracle.mirrorValue)
                || !after.lastApplied().equals(oracle.high)
                || !pending(after).equals(pending(oracle))
                || !outcomes(state, verdict).equals(oracle.done)
                || oracle.newEpoch != verdict.effects().stream().anyMatch(Effect.NewEpoch.class::isInstance)
                || oracle.rowSet != verdict.rowFollows()) {
            throw new AssertionError(which + "\nmodel: " + pending(oracle) + " " + oracle.done + " row " + oracle.rowSet
                    + " new epoch " + oracle.newEpoch);
        }
        if (after.lastWal() != 0 && after.lastWal() <= after.settledId()) {
            throw new AssertionError("settled and still there: " + which);
        }
    }

    private static String pending(KeySyncState state) {
        Flight f = state.flight();
        StringBuilder text = new StringBuilder();
        if (f != null) {
            text.append(f.changeId()).append(' ').append(f.status()).append(' ').append(f.nextAction());
        }
        return text.append(state.isWaiting() ? " waiting" : "").toString();
    }

    /** A change that is held from waiting covers all changes that waited. */
    private static String pending(Oracle oracle) {
        StringBuilder text = new StringBuilder();
        for (Oracle.Change c : oracle.pending) {
            if (c.status.equals("waiting")) {
                text.append(" waiting");
            } else {
                text.append(c.id)
                        .append(' ')
                        .append(c.status.toUpperCase(java.util.Locale.ROOT))
                        .append(' ')
                        .append(c.due);
            }
        }
        return text.toString();
    }

    private static Map<Long, String> outcomes(KeySyncState before, Verdict verdict) {
        Map<Long, String> outcomes = new TreeMap<>();
        for (Effect effect : verdict.effects()) {
            if (effect instanceof Effect.Confirmed c) {
                outcomes.put(c.through(), "confirmed");
            } else if (effect instanceof Effect.Lost l) {
                if (before.flight() != null) {
                    outcomes.put(before.flight().changeId(), "lost");
                }
                outcomes.put(l.through(), "lost");
            }
        }
        return outcomes;
    }

    /** A batch gives a key the same state as its records one by one. */
    @Property(tries = 20_000)
    void aBatchHasTheResultOfItsRecordsOneByOne(
            @ForAll("states") KeySyncState state, @ForAll("inputs") List<Input> inputs, @ForAll ConflictPolicy policy) {
        Rules rules = new Rules(policy, Cases.OURS);
        Verdict together = rules.fold(state, inputs);
        KeySyncState one = state;
        List<Effect> effects = new ArrayList<>();
        boolean rowFollows = false;
        for (Input input : inputs) {
            Verdict verdict = rules.fold(one, List.of(input));
            one = verdict.after();
            effects.addAll(verdict.effects());
            rowFollows |= verdict.rowFollows();
        }
        assertThat(together.after()).isEqualTo(one);
        assertThat(together.effects()).isEqualTo(effects);
        assertThat(together.rowFollows()).isEqualTo(rowFollows);
        assertThat(together.before()).isEqualTo(state);
        if (together.wantsRow() && together.value() != null) {
            assertThat(together.value()).isEqualTo(Oracle.name(one.mirror().content()));
        }
    }

    /** A topic may contain a record twice, although the offset is committed together with the effects of the record. */
    @Property(tries = 20_000)
    void repeatedEventsChangeNothing(
            @ForAll("states") KeySyncState state, @ForAll("inputs") List<Input> inputs, @ForAll ConflictPolicy policy) {
        Rules rules = new Rules(policy, Cases.OURS);
        List<Input> events = inputs.stream()
                .filter(i -> i instanceof Input.Observed seen && !seen.isSnapshot())
                .toList();
        KeySyncState once = rules.fold(state, events).after();
        Verdict again = rules.fold(once, events);
        assertThat(again.isChanged()).isFalse();
        assertThat(again.effects()).isEmpty();
        assertThat(again.skipped()).isEqualTo(events.size());
    }

    /** Each change has one outcome, and the last applied revision never goes back. */
    @Property(tries = 20_000)
    void everyChangeEndsOnce(
            @ForAll("states") KeySyncState state, @ForAll("inputs") List<Input> inputs, @ForAll ConflictPolicy policy) {
        Verdict verdict = new Rules(policy, Cases.OURS).fold(state, inputs);
        long settled = state.settledId();
        for (Effect effect : verdict.effects()) {
            long through = effect instanceof Effect.Confirmed c
                    ? c.through()
                    : effect instanceof Effect.Lost l ? l.through() : 0;
            if (through != 0) {
                assertThat(through).isGreaterThan(settled);
                settled = through;
            }
        }
        assertThat(verdict.after().settledId()).isEqualTo(settled);
        assertThat(verdict.after().lastApplied()).isGreaterThanOrEqualTo(state.lastApplied());
        if (state.isPending() && !verdict.after().isPending()) {
            assertThat(verdict.rowFollows()).isTrue();
        }
        if (verdict.rowFollows()) {
            assertThat(verdict.after().isPending()).isFalse();
        }
    }

    @Test
    void aLostInsertThatArrivesLateIsMarkedOnce() {
        Rules rules = new Rules(ConflictPolicy.ETCD_WINS, Cases.OURS);
        Flight insert = new Flight(Flight.Status.INFLIGHT, 5, Cases.A, 70, 0, null, new Revision(2, 0), null);
        KeySyncState state = new KeySyncState(Mirror.NEVER, Revision.NONE, 0, insert, 5, Cases.A, true, false);
        Verdict verdict = rules.fold(
                state,
                List.of(
                        new Input.Observed(new Revision(2, 8), Cases.B, "v2", 8, 1, 0, 0),
                        Input.Observed.absent(new Revision(2, 9), 0),
                        new Input.Observed(new Revision(2, 10), Cases.A, "v1", 10, 1, 0, 0),
                        new Input.Observed(new Revision(2, 11), Cases.A, "v1", 10, 2, 0, 0)));
        assertThat(verdict.effects().stream().filter(Effect.AppliedLate.class::isInstance))
                .containsExactly(new Effect.AppliedLate(new Revision(2, 10), Cases.A));
    }

    /** A foreign insert earlier in the same batch does not hide the late insert. */
    @Test
    void aLostInsertThatArrivesAfterAForeignInsertIsMarked() {
        Rules rules = new Rules(ConflictPolicy.ETCD_WINS, Cases.OURS);
        Flight insert = new Flight(Flight.Status.INFLIGHT, 5, Cases.A, 70, 0, null, new Revision(2, 0), null);
        KeySyncState state = new KeySyncState(Mirror.NEVER, Revision.NONE, 0, insert, 5, Cases.A, true, false);
        Verdict verdict = rules.fold(
                state,
                List.of(
                        new Input.Observed(new Revision(2, 8), Cases.B, "v2", 8, 1, 0, 0),
                        Input.Observed.absent(new Revision(2, 9), 0),
                        new Input.Observed(new Revision(2, 10), Cases.B, "v2", 10, 1, 0, 0),
                        Input.Observed.absent(new Revision(2, 11), 0),
                        new Input.Observed(new Revision(2, 12), Cases.A, "v1", 12, 1, 0, 0)));
        assertThat(verdict.effects()).contains(new Effect.AppliedLate(new Revision(2, 12), Cases.A));
    }

    @Provide
    Arbitrary<KeySyncState> states() {
        return Arbitraries.of(Cases.states());
    }

    @Provide
    Arbitrary<List<Input>> inputs() {
        return Arbitraries.of(Cases.inputs()).list().ofMaxSize(6);
    }
}
