package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.sink.read.KeyInput;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Decides with which key a transaction begins when there may not be time for all. The time in which locks may be held is that of the whole
 * transaction, for all routes. A transaction begins where the one before ran out of time; or behind that key, if the key had all of the time for
 * itself. So a key that takes longer than all of the time does not keep the others from their turn.
 */
final class KeyFairness {

    /** Keys of one route, to apply in order. */
    record RoutePart(String route, SortedMap<String, List<KeyInput>> work) {}

    private String route = "";
    private String from = "";
    private boolean unused = true;

    /** A transaction begins, and has all of its time. */
    void begin() {
        unused = true;
    }

    /** All work, in the order of turns. */
    List<RoutePart> inOrder(SortedMap<String, SortedMap<String, List<KeyInput>>> works) {
        List<RoutePart> parts = new ArrayList<>();
        works.tailMap(route)
                .forEach((r, work) -> parts.add(new RoutePart(r, r.equals(route) ? work.tailMap(from) : work)));
        works.headMap(route).forEach((r, work) -> parts.add(new RoutePart(r, work)));
        SortedMap<String, List<KeyInput>> begun = works.get(route);
        if (begun != null) {
            parts.add(new RoutePart(route, begun.headMap(from)));
        }
        parts.removeIf(part -> part.work().isEmpty());
        return parts;
    }

    /**
     * Keys had their turn.
     *
     * @param first the first of them
     * @param alone whether it was the only one
     * @param timeLeft whether there is time left for others
     */
    void applied(String ofRoute, String first, boolean alone, boolean timeLeft) {
        if (!timeLeft) {
            route = ofRoute;
            from = unused && alone ? first + '\0' : first;
        }
        unused = false;
    }
}
