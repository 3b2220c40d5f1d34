package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.sink.read.KeyInput;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Where to begin when there may not be time for all keys: the time in which locks may be held is that of a whole round, for all of its
 * routes. A round begins where the one before ran out of time; or behind that key, if the key had all of the time for itself. So a key for
 * which no time is enough does not keep the others from their turn.
 */
final class KeyFairness {

    /** Keys of one route, to be applied in order. */
    record Part(String route, SortedMap<String, List<KeyInput>> work) {}

    private String route = "";
    private String from = "";
    private boolean unused = true;

    /** A round begins, and has all of its time. */
    void begin() {
        unused = true;
    }

    /** All of it: what is to be applied first comes first. */
    List<Part> inOrder(SortedMap<String, SortedMap<String, List<KeyInput>>> works) {
        List<Part> parts = new ArrayList<>();
        works.tailMap(route).forEach((r, work) -> parts.add(new Part(r, r.equals(route) ? work.tailMap(from) : work)));
        works.headMap(route).forEach((r, work) -> parts.add(new Part(r, work)));
        if (works.containsKey(route)) {
            parts.add(new Part(route, works.get(route).headMap(from)));
        }
        parts.removeIf(part -> part.work().isEmpty());
        return parts;
    }

    /**
     * Keys had their turn.
     *
     * @param first of them in order
     * @param alone whether it was the only one
     * @param timeLeft whether there is time left for others
     */
    void had(String ofRoute, String first, boolean alone, boolean timeLeft) {
        if (!timeLeft) {
            route = ofRoute;
            from = unused && alone ? first + '\0' : first;
        }
        unused = false;
    }
}
