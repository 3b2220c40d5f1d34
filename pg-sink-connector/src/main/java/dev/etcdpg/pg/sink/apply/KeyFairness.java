package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.sink.read.KeyInput;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Decides with which key a transaction begins when there may not be time for all keys. All routes of a transaction share the time in which
 * locks may be held. A transaction begins at the key at which the previous transaction ran out of time. If this key had all of the time for
 * itself, the transaction begins after the key. Therefore a key that takes longer than all of the time does not keep the other keys from their
 * turn.
 */
final class KeyFairness {

    /** Keys of one route, to apply in order. */
    record RoutePart(String route, SortedMap<String, List<KeyInput>> work) {}

    private String route = "";
    private String from = "";
    private boolean unused = true;

    /** Begins a transaction, which has all of its time. */
    void begin() {
        unused = true;
    }

    /** Returns all work in the order of turns. */
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
     * Records that keys had their turn.
     *
     * @param first the first of the keys
     * @param alone whether it was the only key
     * @param timeLeft whether there is time left for other keys
     */
    void applied(String ofRoute, String first, boolean alone, boolean timeLeft) {
        if (!timeLeft) {
            route = ofRoute;
            from = unused && alone ? first + '\0' : first;
        }
        unused = false;
    }
}
