package dev.etcdpg.testing.chaos.history;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Everything that happened in etcd below the prefix, as it was recorded beside the connectors. Not thread-safe. */
public final class EtcdHistory {
    private final Map<String, NavigableMap<Long, EtcdEvent>> byKey = new TreeMap<>();
    private final long since;

    /** @param since revision after which all is recorded; of what was before only the state is known */
    public EtcdHistory(long since) {
        this.since = since;
    }

    public void add(EtcdEvent event) {
        byKey.computeIfAbsent(event.key(), key -> new TreeMap<>()).put(event.revision(), event);
    }

    /** A history that goes on where this one stands at {@code revision}: of what was before only the state is kept. */
    public EtcdHistory from(long revision) {
        EtcdHistory next = new EtcdHistory(revision);
        for (NavigableMap<Long, EtcdEvent> events : byKey.values()) {
            Map.Entry<Long, EtcdEvent> last = events.floorEntry(revision);
            if (last != null && last.getValue().value() != null) {
                next.add(last.getValue());
            }
            events.tailMap(revision, false).values().forEach(next::add);
        }
        return next;
    }

    public long since() {
        return since;
    }

    public Collection<String> keys() {
        return byKey.keySet();
    }

    /** Revisions of all events after {@link #since()}. */
    public NavigableSet<Long> revisions() {
        NavigableSet<Long> revisions = new TreeSet<>();
        byKey.values()
                .forEach(events -> revisions.addAll(events.tailMap(since, false).keySet()));
        return revisions;
    }

    /** Events of a key by revision; the first may be older than {@link #since()}. */
    public NavigableMap<Long, EtcdEvent> of(String key) {
        return byKey.getOrDefault(key, Collections.emptyNavigableMap());
    }

    /** How many events there were by that author. */
    public long count(Author author) {
        return byKey.values().stream()
                .flatMap(events -> events.tailMap(since, false).values().stream())
                .filter(event -> event.author() == author)
                .count();
    }

    /** The event of that revision, or null. */
    public EtcdEvent at(String key, long revision) {
        return of(key).get(revision);
    }

    /** The value that the key had at that revision; null when it was absent. */
    public String valueAt(String key, long revision) {
        Map.Entry<Long, EtcdEvent> last = of(key).floorEntry(revision);
        return last == null ? null : last.getValue().value();
    }

    /** The key's last event, or null. */
    public EtcdEvent last(String key) {
        NavigableMap<Long, EtcdEvent> events = of(key);
        return events.isEmpty() ? null : events.lastEntry().getValue();
    }
}
