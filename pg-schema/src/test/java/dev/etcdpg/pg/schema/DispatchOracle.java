package dev.etcdpg.pg.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Implements the dispatch of one key as docs/protocol/Decisions.tla specifies it: {@code Dispatched}, {@code Conflated}, {@code Confirm} and
 * {@code BaseEpoch}. The class is independent of the SQL. {@link DispatchDecisionIT} compares the SQL with the class. A value has one
 * letter. Null stands for an absent key.
 */
final class DispatchOracle {

    /** Stands for content of a key that PostgreSQL text cannot hold. This content equals no value. */
    static final String UNREPRESENTABLE = "#";

    /** Describes a local change. Changes of the same transaction count as one change. */
    record Change(long id, String value, long transaction) {}

    /**
     * Describes the state of a key.
     *
     * @param status the status of the change that is in flight or held; null if there is no such change
     * @param due the action that is due for the change in flight: send, probe, or null
     * @param mirrored the content of the key in etcd
     * @param row the value in the mirrored table
     * @param waiting the changes behind the change in flight, oldest first
     */
    record State(String status, String due, String mirrored, String row, List<Change> waiting) {}

    /**
     * Describes the decision of dispatch about a key.
     *
     * @param action the action: send, probe, or null for no action
     * @param change the change that dispatch sends for the first time; null if there is no such change
     * @param value the value that dispatch sends for the first time
     * @param confirmed the number of waiting changes that dispatch settles and does not send
     */
    record Outcome(String action, Long change, String value, int confirmed) {}

    private DispatchOracle() {}

    /** Returns the index of the last change that dispatch takes together with the first change. */
    private static int next(List<Change> waiting, int conflateAfter) {
        if (waiting.size() > conflateAfter) {
            return waiting.size() - 1;
        }
        int next = 0;
        while (next + 1 < waiting.size()
                && waiting.get(next + 1).transaction() == waiting.get(0).transaction()) {
            next++;
        }
        return next;
    }

    /** Returns the first decision of dispatch. The action is {@code confirm} if etcd already has the value of the change. */
    static Outcome first(State state, int conflateAfter) {
        if (state.status() != null) {
            return new Outcome(state.due(), null, null, 0);
        }
        if (state.waiting().isEmpty()) {
            return new Outcome(null, null, null, 0);
        }
        int next = next(state.waiting(), conflateAfter);
        Change change = state.waiting().get(next);
        // dispatch takes the value of the last change from the row
        String value = next == state.waiting().size() - 1 ? state.row() : change.value();
        return Objects.equals(value, state.mirrored())
                ? new Outcome("confirm", change.id(), value, next + 1)
                : new Outcome("send", change.id(), value, 0);
    }

    static Outcome dispatched(State state, int conflateAfter) {
        List<Change> waiting = new ArrayList<>(state.waiting());
        int confirmed = 0;
        while (true) {
            Outcome first = first(
                    new State(state.status(), state.due(), state.mirrored(), state.row(), waiting), conflateAfter);
            if (!"confirm".equals(first.action())) {
                return new Outcome(first.action(), first.change(), first.value(), confirmed);
            }
            confirmed += first.confirmed();
            waiting.subList(0, first.confirmed()).clear();
        }
    }
}
