package dev.etcdpg.pg.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Dispatch of one key as docs/protocol/Decisions.tla has it: {@code Dispatched}, {@code Conflated}, {@code Confirm} and {@code BaseEpoch}.
 * Written apart from the SQL, for {@link DispatchDecisionIT}. Values are one letter; null is a key that is absent.
 */
final class DispatchOracle {

    /** Content of a key that PostgreSQL text cannot hold. It equals no value. */
    static final String UNREPRESENTABLE = "#";

    /** A local change. Changes with the same transaction count as one. */
    record Change(long id, String value, long transaction) {}

    /**
     * State of a key.
     *
     * @param status of the change in flight or held; null if there is none
     * @param due action that is due for the change in flight: send, probe, or null
     * @param mirrored content of the key in etcd
     * @param row value in the mirrored table
     * @param waiting changes behind the one in flight, oldest first
     */
    record State(String status, String due, String mirrored, String row, List<Change> waiting) {}

    /**
     * What dispatch does about a key in the end.
     *
     * @param action send, probe, or null for nothing
     * @param change the change that is sent for the first time; null if the action is about the change in flight
     * @param value that is sent for the first time
     * @param confirmed how many of the waiting changes are settled without being sent
     */
    record Outcome(String action, Long change, String value, int confirmed) {}

    private DispatchOracle() {}

    /** The last change that {@code Conflated} and transactions make one with the first. */
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

    /** What dispatch does first: as {@link Outcome}, or action {@code confirm} with the change that etcd has already. */
    static Outcome first(State state, int conflateAfter) {
        if (state.status() != null) {
            return new Outcome(state.due(), null, null, 0);
        }
        if (state.waiting().isEmpty()) {
            return new Outcome(null, null, null, 0);
        }
        int next = next(state.waiting(), conflateAfter);
        Change change = state.waiting().get(next);
        // the last change carries the row as it is now
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
