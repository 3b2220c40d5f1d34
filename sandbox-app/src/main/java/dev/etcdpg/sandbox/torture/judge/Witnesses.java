package dev.etcdpg.sandbox.torture.judge;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether etcd had what a change says, at a time that fits: between what the sink wrote for earlier and for later changes. */
final class Witnesses {
    private final NavigableMap<Long, Event> events;
    private final List<Change> changes;
    private final NavigableMap<Integer, Event> written;
    private final Set<String> values;
    private final long since;

    /**
     * @param events all of the key
     * @param written the sink's puts by the place of their change
     */
    Witnesses(
            NavigableMap<Long, Event> events, long since, List<Change> changes, NavigableMap<Integer, Event> written) {
        this.events = events;
        this.since = since;
        this.changes = changes;
        this.written = written;
        // Of a key no two changes have the same value: when it was does not matter.
        this.values = events.values().stream()
                .map(Event::value)
                .filter(value -> value != null)
                .collect(Collectors.toSet());
    }

    /** Whether the sink wrote exactly this one. */
    boolean isWritten(int place) {
        return written.containsKey(place);
    }

    boolean has(int place) {
        Change change = changes.get(place);
        return change.isDelete() ? wasAbsent(place) : values.contains(change.value());
    }

    private boolean wasAbsent(int place) {
        Map.Entry<Integer, Event> before = written.lowerEntry(place);
        Map.Entry<Integer, Event> after = written.higherEntry(place);
        long from = before == null ? since : before.getValue().revision();
        long to = after == null ? Long.MAX_VALUE : after.getValue().revision();
        Map.Entry<Long, Event> state = events.floorEntry(from);
        return state == null
                || state.getValue().value() == null
                || events.subMap(from, false, to, false).values().stream().anyMatch(event -> event.value() == null);
    }
}
