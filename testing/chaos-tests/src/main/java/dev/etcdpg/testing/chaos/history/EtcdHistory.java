package dev.etcdpg.testing.chaos.history;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All events of etcd below the prefix, recorded independently of the connectors. Not thread-safe. */
public final class EtcdHistory {
    private final Map<String, NavigableMap<Long, EtcdEvent>> byKey = new TreeMap<>();
    private final long since;

    /** @param since the revision after which all events are recorded; before it, only the state is known */
    public EtcdHistory(long since) {
        this.since = since;
    }

    public void add(EtcdEvent event) {
        byKey.computeIfAbsent(event.key(), key -> new TreeMap<>()).put(event.revision(), event);
    }

    /** Returns a history that begins with the state at {@code revision}. */
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

    /** Returns the revisions of all events after {@link #since()}. */
    public NavigableSet<Long> revisions() {
        NavigableSet<Long> revisions = new TreeSet<>();
        byKey.values()
                .forEach(events -> revisions.addAll(events.tailMap(since, false).keySet()));
        return revisions;
    }

    /** Returns the events of a key by revision. The first can be older than {@link #since()}. */
    public NavigableMap<Long, EtcdEvent> of(String key) {
        return byKey.getOrDefault(key, Collections.emptyNavigableMap());
    }

    /** Returns the number of events of an author. */
    public long count(Author author) {
        return byKey.values().stream()
                .flatMap(events -> events.tailMap(since, false).values().stream())
                .filter(event -> event.author() == author)
                .count();
    }

    /** Returns the event of a revision, or null. */
    public EtcdEvent at(String key, long revision) {
        return of(key).get(revision);
    }

    /** Returns the value of a key at a revision, or null if the key was absent. */
    public String valueAt(String key, long revision) {
        Map.Entry<Long, EtcdEvent> last = of(key).floorEntry(revision);
        return last == null ? null : last.getValue().value();
    }

    /** Returns the last event of a key, or null. */
    public EtcdEvent last(String key) {
        NavigableMap<Long, EtcdEvent> events = of(key);
        return events.isEmpty() ? null : events.lastEntry().getValue();
    }
}
