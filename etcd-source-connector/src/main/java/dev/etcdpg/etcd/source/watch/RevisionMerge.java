package dev.etcdpg.etcd.source.watch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Merges several watches of one etcd in the order of its revisions. The merge returns a revision when every watch is known to have delivered
 * all of its events up to this revision. Therefore an answer never overtakes the events before it, an event belongs to the epoch in force at
 * its revision, and one number tells how far all watches were delivered. A revision that is too large for the memory is returned part by part,
 * as soon as everything before it was returned. Pure. Not thread-safe.
 *
 * @param <E> an event
 */
public final class RevisionMerge<E> {

    /** The revision of an input without events. */
    private static final long NONE = Long.MAX_VALUE;

    private record Entry<E>(long revision, List<E> events, int weight, boolean last) {}

    /**
     * A revision, or a part of it.
     *
     * @param events the events of each input at this revision; empty for an input without one
     * @param last whether no part of this revision follows
     */
    public record Step<E>(long revision, List<List<E>> events, boolean last) {}

    private final List<Input<E>> inputs = new ArrayList<>();
    private long through;

    /**
     * @param inputs number of watches to merge
     * @param start revision up to and including which all watches were delivered before
     */
    public RevisionMerge(int inputs, long start) {
        through = start;
        for (int i = 0; i < inputs; i++) {
            this.inputs.add(new Input<>(start));
        }
    }

    public Input<E> input(int index) {
        return inputs.get(index);
    }

    /** Returns the revision through which all events were returned. */
    public long through() {
        return through;
    }

    /** Returns whether an event of another input waits for progress of this input. */
    public boolean isAwaited(Input<E> input) {
        return inputs.stream()
                .anyMatch(other -> other.firstRevision() != NONE && other.firstRevision() > input.frontier);
    }

    /**
     * Returns the next revision, or a part of it, and none after the limit. If there is none, {@link #through()} moves as far as all inputs are
     * known to have no events.
     */
    public Optional<Step<E>> next(long limit) {
        long known = limit;
        long next = NONE;
        for (Input<E> input : inputs) {
            known = Math.min(known, input.frontier);
            next = Math.min(next, input.firstRevision());
        }
        if (next > known && !(next <= limit && isPartReady(next))) {
            through = Math.max(through, known);
            return Optional.empty();
        }
        return Optional.of(take(next));
    }

    /** Returns whether a part of this revision can be returned, because everything that comes before it was received. */
    private boolean isPartReady(long revision) {
        for (Input<E> input : inputs) {
            if (input.firstRevision() == revision) {
                return input.open == revision && inputs.stream().allMatch(other -> other.frontier >= revision - 1);
            }
            if (input.frontier < revision) {
                return false;
            }
        }
        return false;
    }

    /** Takes one part from each input, but nothing from the inputs behind one that has more parts. */
    private Step<E> take(long revision) {
        List<List<E>> events = new ArrayList<>(inputs.size());
        boolean last = true;
        for (Input<E> input : inputs) {
            events.add(last ? input.take(revision) : List.of());
            last = last && !input.hasMore(revision);
        }
        through = Math.max(through, last ? revision : revision - 1);
        return new Step<>(revision, events, last);
    }

    /** The events of one watch that wait to be merged. */
    public static final class Input<E> {

        private final Deque<Entry<E>> waiting = new ArrayDeque<>();
        private long frontier;
        private int backlog;
        /** The revision after the frontier of which some events were received; {@link #NONE} if there is none. */
        private long open = NONE;

        private Input(long start) {
            frontier = start;
        }

        /**
         * Adds events of the watch at one revision. No event before them follows.
         *
         * @param weight weight of the events, for {@link #backlog}
         * @param last whether no more events of the watch at this revision follow
         * @return false if the watch was known to be past this revision; then nothing is added
         */
        public boolean add(long revision, List<E> events, int weight, boolean last) {
            if (revision <= frontier) {
                return false;
            }
            if (revision > open) {
                closeOpen();
            }
            backlog += weight;
            waiting.add(new Entry<>(revision, events, weight, last));
            open = last ? NONE : revision;
            frontier = last ? revision : revision - 1;
            return true;
        }

        /** Records that the watch has no more events up to and including this revision. */
        public void progress(long revision) {
            if (revision >= open) {
                closeOpen();
            }
            frontier = Math.max(frontier, revision);
        }

        private void closeOpen() {
            waiting.add(new Entry<>(open, List.of(), 0, true));
            frontier = open;
            open = NONE;
        }

        /** Drops the events of a revision of which not all were received, because the watch begins again after the frontier. */
        public void restart() {
            while (open != NONE && !waiting.isEmpty() && waiting.getLast().revision == open) {
                backlog -= waiting.removeLast().weight;
            }
            open = NONE;
        }

        /** Returns the revision through which all events of the watch were received. */
        public long frontier() {
            return frontier;
        }

        /** Returns the weight of the events that wait to be merged. */
        public int backlog() {
            return backlog;
        }

        private long firstRevision() {
            Entry<E> first = waiting.peek();
            return first == null ? NONE : first.revision;
        }

        /** Returns whether events of this revision wait or may be received. */
        private boolean hasMore(long revision) {
            return firstRevision() == revision || open == revision;
        }

        private List<E> take(long revision) {
            if (firstRevision() != revision) {
                return List.of();
            }
            Entry<E> taken = waiting.remove();
            backlog -= taken.weight;
            return taken.events;
        }
    }
}
