package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Change;
import dev.etcdpg.testing.chaos.history.EtcdEvent;
import dev.etcdpg.testing.chaos.history.Lost;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether etcd had the value of a change at a possible time: after the events that decided earlier changes, and before the sink's writes
 * for later changes.
 */
public final class Witnesses {
    private final NavigableMap<Long, EtcdEvent> events;
    private final List<Change> changes;
    private final NavigableMap<Integer, EtcdEvent> written;
    /** Excludes changes that etcd applied after they had been declared lost, because later changes did not wait for them. */
    private final NavigableMap<Integer, EtcdEvent> awaited;

    private final Set<String> values;
    /** After all events that earlier changes lost to, because a lost change takes all pending changes of its key with it. */
    private final long[] since;

    /**
     * @param events all events of the key
     * @param since the revision at which the recording began
     * @param written the sink's puts by the position of their change
     */
    Witnesses(
            NavigableMap<Long, EtcdEvent> events,
            long since,
            List<Change> changes,
            ConflictsByKey outcomes,
            NavigableMap<Integer, EtcdEvent> written) {
        this.events = events;
        this.since = new long[changes.size()];
        long last = since;
        for (int i = 0; i < changes.size(); i++) {
            this.since[i] = last;
            Lost lost = outcomes.lost(changes.get(i));
            last = lost == null ? last : Math.max(last, lost.wonRevision());
        }
        this.changes = changes;
        this.written = written;
        this.awaited = new TreeMap<>(written);
        awaited.keySet().removeIf(place -> outcomes.lost(changes.get(place)) != null);
        // No two changes of a key have the same value, so the time does not matter.
        this.values = events.values().stream()
                .map(EtcdEvent::value)
                .filter(value -> value != null)
                .collect(Collectors.toSet());
    }

    /** Whether the sink wrote exactly this change. */
    boolean isWritten(int place) {
        return written.containsKey(place);
    }

    boolean has(int place) {
        Change change = changes.get(place);
        return change.isDelete() ? wasAbsent(place) : values.contains(change.value());
    }

    private boolean wasAbsent(int place) {
        Map.Entry<Integer, EtcdEvent> before = awaited.lowerEntry(place);
        Map.Entry<Integer, EtcdEvent> after = written.higherEntry(place);
        long from =
                Math.max(since[place], before == null ? 0 : before.getValue().revision());
        long to = after == null ? Long.MAX_VALUE : after.getValue().revision();
        if (from >= to) {
            return false;
        }
        Map.Entry<Long, EtcdEvent> state = events.floorEntry(from);
        return state == null
                || state.getValue().value() == null
                || events.subMap(from, false, to, false).values().stream().anyMatch(event -> event.value() == null);
    }
}
