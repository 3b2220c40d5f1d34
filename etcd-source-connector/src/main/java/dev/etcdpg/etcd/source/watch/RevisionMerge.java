package dev.etcdpg.etcd.source.watch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Merges several watches of one etcd in the order of its revisions. The merge returns a revision when every watch is known to have delivered
 * all of its events up to this revision. Therefore an answer never overtakes the events before it, an event belongs to the epoch in force at
 * its revision, and one number tells how far all watches were delivered. Pure. Not thread-safe.
 *
 * @param <E> an event
 */
public final class RevisionMerge<E> {

    /** The revision of an input without events. */
    private static final long NONE = Long.MAX_VALUE;

    private record Entry<E>(long revision, List<E> events, int weight) {}

    /**
     * A complete revision.
     *
     * @param events the events of each input at this revision; empty for an input without one
     */
    public record Step<E>(long revision, List<List<E>> events) {}

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
     * Returns the next complete revision, and none after the limit. If there is none, {@link #through()} moves as far as all inputs are known
     * to have no events.
     */
    public Optional<Step<E>> next(long limit) {
        long known = limit;
        long next = NONE;
        for (Input<E> input : inputs) {
            known = Math.min(known, input.frontier);
            next = Math.min(next, input.firstRevision());
        }
        if (next > known) {
            through = Math.max(through, known);
            return Optional.empty();
        }
        List<List<E>> events = new ArrayList<>(inputs.size());
        for (Input<E> input : inputs) {
            events.add(input.take(next));
        }
        through = next;
        return Optional.of(new Step<>(next, events));
    }

    /** The events of one watch that wait to be merged. */
    public static final class Input<E> {

        private final Deque<Entry<E>> waiting = new ArrayDeque<>();
        private long frontier;
        private int backlog;

        private Input(long start) {
            frontier = start;
        }

        /**
         * Adds all events of the watch at one revision. No event before it follows.
         *
         * @param weight weight of the events, for {@link #backlog}
         * @return false if the watch was known to be past this revision; then nothing is added
         */
        public boolean add(long revision, List<E> events, int weight) {
            if (revision <= frontier) {
                return false;
            }
            frontier = revision;
            backlog += weight;
            waiting.add(new Entry<>(revision, events, weight));
            return true;
        }

        /** Records that the watch has no more events up to and including this revision. */
        public void progress(long revision) {
            frontier = Math.max(frontier, revision);
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
