package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of the protocol, section 5, folded over all that is said of a key. PostgreSQL decides here who won, from the order of etcd's
 * events alone.
 */
public final class Rules {

    private final ConflictPolicy policy;
    private final String origin;

    /** @param origin UUID of this database: answers to others are not for us */
    public Rules(ConflictPolicy policy, String origin) {
        this.policy = policy;
        this.origin = origin;
    }

    /** @param inputs in the order of the topic partition */
    public Verdict fold(KeyState before, List<? extends Input> inputs) {
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
        private final KeyState before;
        private final List<Effect> effects = new ArrayList<>();
        private Mirror mirror;
        private Revision high;
        private long settled;
        private Flight flight;
        private long lastWal;
        private Content lastLocal;
        private boolean lostInsert;
        private boolean rowFollows;
        private String value;
        private int skipped;

        Fold(KeyState before) {
            this.before = before;
            mirror = before.mirror();
            high = before.high();
            settled = before.settled();
            flight = before.flight();
            lastWal = before.lastWal();
            lastLocal = before.lastLocal();
            lostInsert = before.lostInsert();
        }

        KeyState state() {
            return new KeyState(mirror, high, settled, flight, lastWal, lastLocal, lostInsert);
        }

        Verdict verdict() {
            return new Verdict(before, state(), List.copyOf(effects), rowFollows, value, skipped);
        }

        void observe(Input.Observed seen) {
            if (!seen.at().isAfter(high)) {
                if (contradicts(seen)) {
                    effects.add(new Effect.NewEpoch(
                            seen.at().epoch(), "a snapshot has " + seen.at() + " where " + high + " was applied"));
                }
                skipped++;
                return;
            }
            Mirror previous = mirror;
            mirror = seen.mirror();
            high = seen.at();
            value = seen.value();
            if (flight != null && flight.sent().sameAs(seen.content())) {
                applied(seen, previous, flight.change());
                confirm();
                return;
            }
            applied(seen, previous, 0);
            // perhaps; others insert the key too, and the lost one may still come after them
            if (lostInsert && seen.content().isValue() && seen.version() == 1) {
                effects.add(new Effect.AppliedLate(seen.at(), seen.content()));
            }
            if (state().isPending() && seen.content().sameAs(previous.content())) {
                // only the revision moved; but what was sent in an older epoch can only be refused
                if (flight != null
                        && flight.isInflight()
                        && flight.base().epoch() < seen.at().epoch()) {
                    flight = flight.due(Flight.Due.SEND);
                }
            } else {
                foreign(previous.base(), "etcd was changed at " + seen.at());
            }
        }

        private void applied(Input.Observed seen, Mirror previous, long confirms) {
            // that a manifest does not list what was absent before is no deletion
            boolean wasAndIsAbsent = seen.isSnapshot()
                    && !seen.content().isLive()
                    && !previous.content().isLive();
            if (!wasAndIsAbsent) {
                effects.add(new Effect.Applied(seen, confirms));
            }
        }

        /** etcd's own order would not allow it: what was applied is of another history. */
        private boolean contradicts(Input.Observed seen) {
            if (!seen.isSnapshot()) {
                return false;
            }
            Revision at = seen.at();
            return at.equals(high)
                    ? !seen.content().equals(mirror.content())
                    : !high.isAfter(new Revision(at.epoch(), seen.snapshotRevision()));
        }

        private void confirm() {
            settled = flight.change();
            flight = null;
            if (lastWal <= settled) {
                lastWal = 0;
                lastLocal = Content.ABSENT;
            }
            effects.add(new Effect.Confirmed(settled));
            if (!state().isPending()) {
                rowFollows = true;
            }
        }

        /** Somebody else's change, or one that undid ours unseen. */
        private void foreign(Revision waitingBase, String reason) {
            if (!state().isPending()) {
                rowFollows = true;
                return;
            }
            switch (policy) {
                case ETCD_WINS -> lose(waitingBase, reason);
                case POSTGRES_WINS -> {
                    if (flight != null && flight.isInflight()) {
                        flight = flight.due(Flight.Due.SEND);
                    }
                }
                case MANUAL -> hold(waitingBase, reason);
            }
        }

        private void lose(Revision waitingBase, String reason) {
            long covered = flight == null ? 0 : flight.change();
            long through = Math.max(lastWal, covered);
            effects.add(new Effect.Lost(
                    through,
                    covered,
                    flight == null ? 0 : flight.send(),
                    flight == null ? waitingBase : flight.base(),
                    waitingBase,
                    high,
                    reason));
            // etcd cannot compare "absent since": an insert on its way may still find the key absent, after a delete
            lostInsert |= flight != null
                    && flight.send() != 0
                    && flight.base().revision() == 0
                    && flight.sent().isValue();
            settled = through;
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
                    || flight.due() != null
                    || flight.send() != answer.of()) {
                skipped++;
                return;
            }
            if (answer.outcome() == Outcome.FAILED) {
                flight = flight.held(answer.reason() == null ? "etcd will not take it" : answer.reason());
            } else if (flight.sent().sameAs(mirror.content())) {
                confirm();
            } else if (answer.outcome() == Outcome.REFUSED) {
                if (flight.base().revision() != 0 && flight.base().equals(mirror.base())) {
                    effects.add(new Effect.NewEpoch(
                            mirror.epoch(), "etcd refused a change on " + flight.base() + ", which is mirrored"));
                } else {
                    flight = flight.due(Flight.Due.SEND);
                }
            } else {
                foreign(mirror.base(), "etcd took it, and it was overwritten before it was seen");
            }
        }

        void read(Input.Read page) {
            if (!page.listed() && page.at().isAfter(high) && (mirror.content().isLive() || state().isPending())) {
                observe(Input.Observed.absent(page.at(), page.at().revision()));
            }
            if (flight != null
                    && flight.isInflight()
                    && flight.due() == null
                    && flight.base().epoch() == page.at().epoch()) {
                flight = flight.due(Flight.Due.PROBE);
            }
        }
    }
}
