package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The PostgreSQL sink as the executable model of the protocol has it (handle, apply, on_answer, foreign, row_follows), word by word, with a
 * list of pending changes; in addition the manual policy, as the text has it.
 */
final class Oracle {

    static final class Change {
        final long id;
        final String v;
        String status;
        final long send;
        String due;
        final long base;
        final long epoch;

        Change(long id, String v, String status, long send, String due, long base, long epoch) {
            this.id = id;
            this.v = v;
            this.status = status;
            this.send = send;
            this.due = due;
            this.base = base;
            this.epoch = epoch;
        }
    }

    static final String UNKNOWN = "?";

    final List<Change> pending = new ArrayList<>();
    final Map<Long, String> done = new TreeMap<>();
    final ConflictPolicy policy;
    long mirrorEpoch;
    long mirrorRevision;
    String mirrorValue;
    Revision high;
    boolean newEpoch;
    boolean rowSet;
    private final boolean oneTransaction;

    Oracle(KeySyncState state, ConflictPolicy policy) {
        this.policy = policy;
        oneTransaction = state.oneTransaction();
        Flight f = state.flight();
        if (f != null) {
            pending.add(new Change(
                    f.changeId(),
                    name(f.sent()),
                    f.isInflight() ? "inflight" : "held",
                    f.sendNumber(),
                    f.nextAction() == null ? null : f.nextAction().name(),
                    f.base().revision(),
                    f.base().epoch()));
        }
        if (state.isWaiting()) {
            pending.add(new Change(state.lastWal(), name(state.lastLocal()), "waiting", 0, null, 0, 0));
        }
        mirrorEpoch = state.mirror().epoch();
        mirrorRevision = state.mirror().revision();
        mirrorValue = name(state.mirror().content());
        high = state.lastApplied();
    }

    static String name(Content content) {
        return switch (content.kind()) {
            case ABSENT -> null;
            case UNREPRESENTABLE -> UNKNOWN;
            case VALUE -> "v" + content.digest().a();
        };
    }

    private static boolean same(String a, String b) {
        return !UNKNOWN.equals(a) && java.util.Objects.equals(a, b);
    }

    void handle(Input input, String origin) {
        if (input instanceof Input.Answered a) {
            if (a.origin().equals(origin)) {
                onAnswer(a.of(), a.outcome());
            }
        } else if (input instanceof Input.Read read) {
            Revision r = read.at();
            if (!read.listed() && r.isAfter(high) && (mirrorRevision != 0 || !pending.isEmpty())) {
                apply(null, r);
            }
            if (!pending.isEmpty()) {
                Change c = pending.get(0);
                if (c.status.equals("inflight") && c.due == null && c.epoch == r.epoch()) {
                    c.due = "PROBE";
                }
            }
        } else {
            Input.Observed e = (Input.Observed) input;
            String v = name(e.content());
            Revision r = e.at();
            boolean later = high.isAfter(r) && !high.isAfter(new Revision(r.epoch(), e.snapshotRevision()));
            boolean other = r.equals(high) && !java.util.Objects.equals(v, mirrorValue);
            if (e.snapshotRevision() != 0 && (later || other)) {
                newEpoch = true;
            } else if (r.isAfter(high)) {
                apply(v, r);
            }
        }
    }

    private void apply(String v, Revision r) {
        Change head = pending.isEmpty() ? null : pending.get(0);
        boolean same = same(v, mirrorValue);
        high = r;
        mirrorEpoch = r.epoch();
        mirrorRevision = v == null ? 0 : r.revision();
        mirrorValue = v;
        if (head != null && !head.status.equals("waiting") && same(head.v, v)) {
            finish(head, "confirmed");
            rowFollows();
        } else if (oneTransaction
                && head != null
                && head.status.equals("waiting")
                && same(pending.get(pending.size() - 1).v, v)) {
            // nothing was sent, and both sides made the same change
            for (Change c : List.copyOf(pending)) {
                finish(c, "confirmed");
            }
            rowFollows();
        } else if (head != null && same) {
            if (head.status.equals("inflight") && head.epoch < r.epoch()) {
                head.due = "SEND";
            }
        } else {
            foreign();
        }
    }

    private void onAnswer(long of, Outcome what) {
        if (pending.isEmpty()) {
            return;
        }
        Change c = pending.get(0);
        if (!c.status.equals("inflight") || c.send != of || c.due != null) {
            return;
        }
        if (what == Outcome.FAILED) {
            c.status = "held";
        } else if (same(c.v, mirrorValue)) {
            finish(c, "confirmed");
            rowFollows();
        } else if (what == Outcome.REFUSED && c.base != 0 && c.epoch == mirrorEpoch && c.base == mirrorRevision) {
            newEpoch = true;
        } else if (what == Outcome.REFUSED) {
            c.due = "SEND";
        } else if (c.base != 0 && c.epoch == mirrorEpoch && c.base == mirrorRevision) {
            c.status = "held";
        } else {
            foreign();
        }
    }

    private void foreign() {
        Change head = pending.isEmpty() ? null : pending.get(0);
        if (head != null && policy == ConflictPolicy.POSTGRES_WINS) {
            if (head.status.equals("inflight")) {
                head.due = "SEND";
            }
        } else if (head != null && policy == ConflictPolicy.MANUAL) {
            head.status = "held";
            head.due = null;
        } else {
            for (Change c : List.copyOf(pending)) {
                finish(c, "lost");
            }
            rowSet = true;
        }
    }

    private void rowFollows() {
        if (pending.isEmpty()) {
            rowSet = true;
        }
    }

    private void finish(Change c, String verdict) {
        pending.remove(c);
        done.put(c.id, verdict);
    }
}
