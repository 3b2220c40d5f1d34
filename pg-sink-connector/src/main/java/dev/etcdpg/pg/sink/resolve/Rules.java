package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides, for one key, what its events, answers and manifests mean, in topic order. Pure. The class implements the rules of the protocol
 * ({@code docs/protocol/README.md}): the order of etcd's events alone determines who won a conflict.
 */
public final class Rules {

    private final ConflictPolicy policy;
    private final String origin;

    /** @param origin UUID of this database; answers to other databases are skipped */
    public Rules(ConflictPolicy policy, String origin) {
        this.policy = policy;
        this.origin = origin;
    }

    /**
     * Applies inputs to the state of a key.
     *
     * @param inputs in the order of the topic partition
     */
    public Verdict fold(KeySyncState before, List<? extends Input> inputs) {
        Fold fold = new Fold(before);
        for (Input input : inputs) {
            if (input instanceof Input.Observed seen) {
                fold.observe(seen);
            } else if (input instanceof Input.Answered answer) {
                fold.answer(answer);
            } else {
                fold.read((Input.Read) input);
            }
        }
        return fold.verdict();
    }

    private final class Fold {
        private final KeySyncState before;
        private final List<Effect> effects = new ArrayList<>();
        private Mirror mirror;
        private Revision lastApplied;
        private long settledId;
        private @Nullable Flight flight;
        private long lastWal;
        private Content lastLocal;
        private boolean lostInsert;
        private boolean rowFollows;
        private @Nullable String value;
        private int skipped;

        Fold(KeySyncState before) {
            this.before = before;
            mirror = before.mirror();
            lastApplied = before.lastApplied();
            settledId = before.settledId();
            flight = before.flight();
            lastWal = before.lastWal();
            lastLocal = before.lastLocal();
            lostInsert = before.lostInsert();
        }

        KeySyncState state() {
            return new KeySyncState(
                    mirror, lastApplied, settledId, flight, lastWal, lastLocal, before.oneTransaction(), lostInsert);
        }

        Verdict verdict() {
            return new Verdict(before, state(), List.copyOf(effects), rowFollows, value, skipped);
        }

        void observe(Input.Observed seen) {
            if (!seen.at().isAfter(lastApplied)) {
                if (contradicts(seen)) {
                    effects.add(new Effect.NewEpoch(
                            seen.at().epoch(),
                            "a snapshot has " + seen.at() + " where " + lastApplied + " was applied"));
                }
                skipped++;
                return;
            }
            Mirror previous = mirror;
            mirror = seen.mirror();
            lastApplied = seen.at();
            value = seen.value();
            if (flight != null && flight.sent().sameAs(seen.content())) {
                applied(seen, previous, flight.changeId());
                confirm(flight);
                return;
            }
            applied(seen, previous, 0);
            if (flight == null && state().isWaiting() && before.oneTransaction() && lastLocal.sameAs(seen.content())) {
                agree();
                return;
            }
            // the insert is not certain to be ours: others insert the key too, and the lost insert may still come
            // after theirs
            if (lostInsert && seen.content().isValue() && seen.version() == 1) {
                effects.add(new Effect.AppliedLate(seen.at(), seen.content()));
            }
            if (state().isPending() && seen.content().sameAs(previous.content())) {
                // only the revision changed, but etcd refuses a change that was sent in an older epoch
                if (flight != null
                        && flight.isInflight()
                        && flight.base().epoch() < seen.at().epoch()) {
                    flight = flight.withNextAction(Flight.NextAction.SEND);
                }
            } else {
                foreign(previous.base(), "etcd was changed at " + seen.at());
            }
        }

        private void applied(Input.Observed seen, Mirror previous, long confirms) {
            // a manifest that does not list an absent key reports no deletion
            boolean wasAndIsAbsent = seen.isSnapshot()
                    && !seen.content().isLive()
                    && !previous.content().isLive();
            if (!wasAndIsAbsent) {
                effects.add(new Effect.Applied(seen, confirms));
            }
        }

        /** Returns whether the input contradicts etcd's order, because the revision that was applied belongs to another history. */
        private boolean contradicts(Input.Observed seen) {
            if (!seen.isSnapshot()) {
                return false;
            }
            Revision at = seen.at();
            return at.equals(lastApplied)
                    ? !seen.content().equals(mirror.content())
                    : !lastApplied.isAfter(new Revision(at.epoch(), seen.snapshotRevision()));
        }

        private void confirm(Flight confirmed) {
            settledId = confirmed.changeId();
            flight = null;
            if (lastWal <= settledId) {
                lastWal = 0;
                lastLocal = Content.ABSENT;
            }
            effects.add(new Effect.Confirmed(settledId));
            if (!state().isPending()) {
                rowFollows = true;
            }
        }

        /** Settles the changes of one transaction. None was sent, and etcd has the value of the last one: both sides have the same row already. */
        private void agree() {
            settledId = lastWal;
            lastWal = 0;
            lastLocal = Content.ABSENT;
            effects.add(new Effect.Confirmed(settledId));
            rowFollows = true;
        }

        /** Reacts to the change of another writer, which PostgreSQL has seen, or which undid the local change before PostgreSQL saw it. */
        private void foreign(Revision waitingBase, String reason) {
            if (!state().isPending()) {
                rowFollows = true;
                return;
            }
            switch (policy) {
                case ETCD_WINS -> lose(waitingBase, reason);
                case POSTGRES_WINS -> {
                    if (flight != null && flight.isInflight()) {
                        flight = flight.withNextAction(Flight.NextAction.SEND);
                    }
                }
                case MANUAL -> hold(waitingBase, reason);
            }
        }

        private void lose(Revision waitingBase, String reason) {
            long covered = flight == null ? 0 : flight.changeId();
            long through = Math.max(lastWal, covered);
            effects.add(new Effect.Lost(
                    through,
                    covered,
                    flight == null ? 0 : flight.sendNumber(),
                    flight == null ? waitingBase : flight.base(),
                    waitingBase,
                    lastApplied,
                    reason));
            // a compare of etcd cannot test since when a key is absent, so the insert may still succeed after a later
            // delete
            lostInsert |= flight != null
                    && flight.sendNumber() != 0
                    && flight.base().revision() == 0
                    && flight.sent().isValue();
            settledId = through;
            flight = null;
            lastWal = 0;
            lastLocal = Content.ABSENT;
            rowFollows = true;
        }

        private void hold(Revision waitingBase, String reason) {
            if (flight == null) {
                flight = new Flight(Flight.Status.HELD, lastWal, lastLocal, 0, 0, null, waitingBase, reason);
                effects.add(new Effect.HeldWaiting(lastWal));
            } else if (flight.isInflight()) {
                flight = flight.held(reason);
            }
        }

        void answer(Input.Answered answer) {
            if (!answer.origin().equals(origin)
                    || flight == null
                    || !flight.isInflight()
                    || flight.nextAction() != null
                    || flight.sendNumber() != answer.of()) {
                skipped++;
                return;
            }
            if (answer.outcome() == Outcome.FAILED) {
                flight = flight.held(answer.reason() == null ? "etcd will not take it" : answer.reason());
            } else if (flight.sent().sameAs(mirror.content())) {
                confirm(flight);
            } else if (answer.outcome() == Outcome.REFUSED) {
                if (flight.base().revision() != 0 && flight.base().equals(mirror.base())) {
                    effects.add(new Effect.NewEpoch(
                            mirror.epoch(), "etcd refused a change on " + flight.base() + ", which is mirrored"));
                } else {
                    flight = flight.withNextAction(Flight.NextAction.SEND);
                }
            } else if (flight.base().revision() != 0 && flight.base().equals(mirror.base())) {
                // a key that was absent may have been written, deleted and compacted; a live key has a later revision
                // then
                flight = flight.held(
                        "contradiction: the change was reported as written, but the key is still at its base revision "
                                + flight.base()
                                + ". A copy of this database may send changes, too: see etcd_become_original");
            } else {
                foreign(mirror.base(), "etcd took it, and it was overwritten before it was seen");
            }
        }

        void read(Input.Read page) {
            if (!page.listed()
                    && page.at().isAfter(lastApplied)
                    && (mirror.content().isLive() || state().isPending())) {
                observe(Input.Observed.absent(page.at(), page.at().revision()));
            }
            if (flight != null
                    && flight.isInflight()
                    && flight.nextAction() == null
                    && flight.base().epoch() == page.at().epoch()) {
                flight = flight.withNextAction(Flight.NextAction.PROBE);
            }
        }
    }
}
