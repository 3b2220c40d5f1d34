package dev.etcdpg.testing.protocol.postgres;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Effect;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.resolve.KeySyncState;
import dev.etcdpg.pg.sink.resolve.Mirror;
import dev.etcdpg.pg.sink.resolve.Rules;
import dev.etcdpg.pg.sink.resolve.Verdict;
import dev.etcdpg.testing.protocol.run.Flag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The sink's rules, without the rules that the world lacks. It changes the inputs or the verdicts of the real rules. */
public final class AblatedRules {

    private static final Set<Flag> ABLATIONS = Flag.of(
            Flag.NO_CONFIRMATION,
            Flag.NO_ROW_WAIT,
            Flag.NO_LOSS,
            Flag.NO_LAST_APPLIED,
            Flag.NO_PROBE,
            Flag.NO_SAME_VALUE,
            Flag.NO_SEND_IN_NEW_EPOCH,
            Flag.NO_SNAPSHOT_PROOF,
            Flag.NO_REFUSAL_PROOF,
            Flag.NO_CONTRADICTION,
            Flag.NO_ONE_TRANSACTION);

    private final Rules rules;
    private final Set<Flag> flags;
    private final boolean whole;

    AblatedRules(Rules rules, Set<Flag> flags) {
        this.rules = rules;
        this.flags = flags;
        this.whole = ABLATIONS.stream().noneMatch(flags::contains);
    }

    Verdict fold(KeySyncState before, List<Input> inputs) {
        if (whole) {
            return rules.fold(before, inputs);
        }
        KeySyncState state = before;
        List<Effect> effects = new ArrayList<>();
        boolean rowFollows = false;
        for (Input input : inputs) {
            Verdict verdict = one(state, input);
            state = verdict.after();
            effects.addAll(verdict.effects());
            rowFollows |= verdict.rowFollows();
        }
        return new Verdict(before, state, effects, rowFollows, null, 0);
    }

    private Verdict one(KeySyncState state, Input input) {
        KeySyncState told = state;
        boolean isNew = input.at().isAfter(state.lastApplied());
        if (flags.contains(Flag.NO_LAST_APPLIED) && input instanceof Input.Observed) {
            told = with(told, told.mirror(), Revision.NONE, told.flight());
        }
        boolean same = isNew
                && input instanceof Input.Observed seen
                && seen.content().sameAs(state.mirror().content());
        if (flags.contains(Flag.NO_SAME_VALUE) && same) {
            told = with(told, unlike(told.mirror()), told.lastApplied(), told.flight());
        }
        if (flags.contains(Flag.NO_ONE_TRANSACTION)) {
            told = new KeySyncState(
                    told.mirror(),
                    told.lastApplied(),
                    told.settledId(),
                    told.flight(),
                    told.lastWal(),
                    told.lastLocal(),
                    true,
                    told.lostInsert());
        }
        boolean own = isNew
                && input instanceof Input.Observed seen
                && state.flight() != null
                && state.flight().sent().sameAs(seen.content());
        if (flags.contains(Flag.NO_CONFIRMATION) && own) {
            told = with(told, told.mirror(), told.lastApplied(), unlike(told.flight()));
        }
        if (flags.contains(Flag.NO_CONTRADICTION)
                && input instanceof Input.Answered answer
                && answer.outcome() == Outcome.PROCESSED
                && told.flight() != null) {
            told = with(told, told.mirror(), told.lastApplied(), onUnknownBase(told.flight()));
        }
        Verdict verdict = rules.fold(told, List.of(input));
        KeySyncState after = verdict.after();
        if (after == told) {
            after = state;
        } else if (!isNew && flags.contains(Flag.NO_LAST_APPLIED) && !(input instanceof Input.Observed)) {
            after = verdict.after();
        }
        List<Effect> effects = new ArrayList<>(verdict.effects());
        if (flags.contains(Flag.NO_CONFIRMATION) && own && after.flight() != null) {
            after = with(after, after.mirror(), after.lastApplied(), state.flight());
        }
        if (flags.contains(Flag.NO_LOSS) && effects.stream().anyMatch(Effect.Lost.class::isInstance)) {
            after = new KeySyncState(
                    after.mirror(),
                    after.lastApplied(),
                    state.settledId(),
                    state.flight(),
                    state.lastWal(),
                    state.lastLocal(),
                    state.oneTransaction(),
                    after.lostInsert());
        }
        boolean rowFollows = verdict.rowFollows()
                || flags.contains(Flag.NO_ROW_WAIT) && effects.stream().anyMatch(Effect.Confirmed.class::isInstance);
        Flight flight = after.flight();
        Flight.NextAction due = flight == null ? null : flight.nextAction();
        if (flags.contains(Flag.NO_PROBE) && due == Flight.NextAction.PROBE) {
            flight = due(flight, null);
        }
        boolean becomesDue = due == Flight.NextAction.SEND
                && state.flight() != null
                && state.flight().nextAction() == null;
        if (flags.contains(Flag.NO_SEND_IN_NEW_EPOCH) && same && becomesDue) {
            flight = due(flight, null);
        }
        boolean isProof = effects.stream().anyMatch(Effect.NewEpoch.class::isInstance);
        if (flags.contains(Flag.NO_SNAPSHOT_PROOF) && input instanceof Input.Observed) {
            effects.removeIf(Effect.NewEpoch.class::isInstance);
        } else if (flags.contains(Flag.NO_REFUSAL_PROOF) && input instanceof Input.Answered && isProof) {
            effects.removeIf(Effect.NewEpoch.class::isInstance);
            flight = due(flight, Flight.NextAction.SEND);
        }
        after = with(after, after.mirror(), after.lastApplied(), flight);
        return new Verdict(state, after, effects, rowFollows, null, 0);
    }

    private static Mirror unlike(Mirror m) {
        return new Mirror(m.epoch(), m.revision(), Content.UNREPRESENTABLE, m.createRevision(), m.version(), m.lease());
    }

    private static Flight unlike(Flight f) {
        return new Flight(
                f.status(),
                f.changeId(),
                Content.UNREPRESENTABLE,
                f.sendNumber(),
                f.probeNumber(),
                f.nextAction(),
                f.base(),
                f.reason());
    }

    private static Flight onUnknownBase(Flight f) {
        return new Flight(
                f.status(),
                f.changeId(),
                f.sent(),
                f.sendNumber(),
                f.probeNumber(),
                f.nextAction(),
                Revision.NONE,
                f.reason());
    }

    private static Flight due(Flight f, Flight.NextAction due) {
        return new Flight(
                f.status(), f.changeId(), f.sent(), f.sendNumber(), f.probeNumber(), due, f.base(), f.reason());
    }

    private static KeySyncState with(KeySyncState s, Mirror mirror, Revision high, Flight flight) {
        return new KeySyncState(
                mirror, high, s.settledId(), flight, s.lastWal(), s.lastLocal(), s.oneTransaction(), s.lostInsert());
    }
}
