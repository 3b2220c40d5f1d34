package dev.etcdpg.etcd.source.watch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Puts several watches of one etcd into the one order of its revisions. A revision comes out when every watch is known to be past it or at
 * its end: so an answer never overtakes the events before it, an event belongs to the epoch that was in force at its revision, and one number
 * says how far all watches were delivered. Not thread-safe.
 */
public final class RevisionMerge<E> {

    /** A whole revision; for each watch what it said, maybe nothing. */
    public record Step<E>(long revision, List<List<E>> lanes) {}

    private record Entry<E>(long revision, List<E> events, int weight) {}

    private final List<Deque<Entry<E>>> waiting = new ArrayList<>();
    private final long[] frontier;
    private final int[] backlog;
    private long taken;

    /** @param start revision up to which, with it, everything was delivered before */
    public RevisionMerge(int lanes, long start) {
        frontier = new long[lanes];
        backlog = new int[lanes];
        taken = start;
        for (int lane = 0; lane < lanes; lane++) {
            waiting.add(new ArrayDeque<>());
            frontier[lane] = start;
        }
    }

    /**
     * A watch delivered all of its events of a revision, and so everything before.
     *
     * @param weight of the events, for {@link #backlog}
     * @return false, and nothing is taken, if the watch had been known to be past that revision: it broke its promise
     */
    public boolean events(int lane, long revision, List<E> events, int weight) {
        if (revision <= frontier[lane]) {
            return false;
        }
        frontier[lane] = revision;
        backlog[lane] += weight;
        waiting.get(lane).add(new Entry<>(revision, events, weight));
        return true;
    }

    /** A watch has nothing more to say up to {@code revision}, with it. */
    public void progress(int lane, long revision) {
        frontier[lane] = Math.max(frontier[lane], revision);
    }

    /** Revision up to which, with it, the watch was received. */
    public long frontier(int lane) {
        return frontier[lane];
    }

    /** Weight of the watch's events that were received and not taken. */
    public int backlog(int lane) {
        return backlog[lane];
    }

    /** Revision up to which, with it, everything was taken. */
    public long through() {
        return taken;
    }

    /** Whether something received waits to hear of this watch. */
    public boolean waitsFor(int lane) {
        for (int other = 0; other < frontier.length; other++) {
            Entry<E> head = waiting.get(other).peek();
            if (head != null && head.revision > frontier[lane]) {
                return true;
            }
        }
        return false;
    }

    /**
     * The next whole revision that is complete.
     *
     * @param limit nothing after this revision; empty if there is nothing up to it, and {@link #through()} has moved as far as that is known
     */
    public Optional<Step<E>> next(long limit) {
        long known = limit;
        for (long reached : frontier) {
            known = Math.min(known, reached);
        }
        long next = Long.MAX_VALUE;
        for (Deque<Entry<E>> lane : waiting) {
            if (!lane.isEmpty()) {
                next = Math.min(next, lane.peek().revision);
            }
        }
        if (next > known) {
            taken = Math.max(taken, known);
            return Optional.empty();
        }
        List<List<E>> lanes = new ArrayList<>(frontier.length);
        for (int lane = 0; lane < frontier.length; lane++) {
            Entry<E> head = waiting.get(lane).peek();
            if (head != null && head.revision == next) {
                lanes.add(waiting.get(lane).remove().events);
                backlog[lane] -= head.weight;
            } else {
                lanes.add(List.of());
            }
        }
        taken = next;
        return Optional.of(new Step<>(next, lanes));
    }
}
