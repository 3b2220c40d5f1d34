package dev.etcdpg.testing.protocol.postgres;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.pg.sink.read.KnownSources;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.Mirror;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tables of PostgreSQL in memory: the content of a backup. */
public final class InMemoryTables {

    /** A row of etcd_mirror. @param sent the value in flight, null for a deletion */
    public record Entry(Mirror mirror, Revision lastApplied, long settledId, Flight flight, String sent) {
        static final Entry NEVER = new Entry(Mirror.NEVER, Revision.NONE, 0, null, null);
    }

    public record Wal(long id, String value, long tx) {}

    public record Conflict(
            long id, String key, Wal change, Long send, Revision base, Revision won, boolean late, long number) {}

    record Request(long id, boolean isSnapshot, KeyRange range, long epoch, String reason, long number) {}

    record Place(int partition, KeyRange range) {}

    record Ended(long epoch, long revision, long request) {}

    public final Map<String, PostgresSide.Row> rows = new TreeMap<>();
    public final Map<String, Entry> mirror = new TreeMap<>();
    public final Map<String, List<Wal>> wal = new TreeMap<>();
    public final List<Conflict> conflicts = new ArrayList<>();
    public final List<PostgresSide.Applied> history = new ArrayList<>();
    /** The history with the entries that retention has removed. The connectors do not see it. */
    final List<PostgresSide.Applied> allHistory = new ArrayList<>();

    final Map<Long, Request> requests = new TreeMap<>();
    final Map<Place, Ended> snapshots = new HashMap<>();
    final Map<Place, UntrustedRange> untrusted = new HashMap<>();
    final Map<Place, Long> chain = new HashMap<>();
    final Map<Integer, Long> next = new HashMap<>();
    final Map<Integer, Map<KnownSources.Identity, Long>> sources = new HashMap<>();
    public final Map<Long, String> outcomes = new HashMap<>();
    long lastNumber;
    long lastWal;
    long lastTx;

    InMemoryTables() {}

    InMemoryTables(InMemoryTables of) {
        rows.putAll(of.rows);
        mirror.putAll(of.mirror);
        of.wal.forEach((key, list) -> wal.put(key, new ArrayList<>(list)));
        conflicts.addAll(of.conflicts);
        history.addAll(of.history);
        allHistory.addAll(of.allHistory);
        requests.putAll(of.requests);
        snapshots.putAll(of.snapshots);
        untrusted.putAll(of.untrusted);
        chain.putAll(of.chain);
        next.putAll(of.next);
        sources.putAll(of.sources);
        outcomes.putAll(of.outcomes);
        lastNumber = of.lastNumber;
        lastWal = of.lastWal;
        lastTx = of.lastTx;
    }

    Entry entry(String key) {
        return mirror.getOrDefault(key, Entry.NEVER);
    }

    List<Wal> waiting(String key) {
        return wal.getOrDefault(key, List.of());
    }

    private void outcome(long id, String outcome) {
        String before = outcomes.put(id, outcome);
        if (before != null) {
            outcomes.put(id, before + ", then " + outcome);
        }
    }

    void applied(PostgresSide.Applied entry) {
        history.add(entry);
        allHistory.add(entry);
    }

    /**
     * Removes old entries of the history, the oldest first.
     *
     * @param keep number of the newest entries of each key that stay
     * @param keepsMirrored whether the entry of the mirrored revision of a key, those after it, and the last one stay
     */
    void prune(int keep, boolean keepsMirrored) {
        Map<String, List<PostgresSide.Applied>> byKey = new TreeMap<>();
        history.forEach(entry ->
                byKey.computeIfAbsent(entry.key(), key -> new ArrayList<>()).add(entry));
        byKey.forEach((key, entries) -> {
            Revision mirrored = entry(key).mirror().base();
            int old = Math.max(0, entries.size() - Math.max(keep, keepsMirrored ? 1 : 0));
            entries.stream()
                    .limit(old)
                    .filter(entry -> !keepsMirrored || mirrored.revision() == 0 || mirrored.isAfter(entry.at()))
                    .forEach(history::remove);
        });
    }

    /** Notes the outcome of changes and leaves them pending, for {@link Flag#NO_LOSS}. */
    List<Wal> notes(String key, long through, String outcome) {
        List<Wal> noted = waiting(key).stream().filter(w -> w.id() <= through).toList();
        noted.forEach(w -> outcome(w.id(), outcome));
        return noted;
    }

    /** Removes the changes of a key up to an id, and notes their outcome. */
    List<Wal> settle(String key, long through, String outcome) {
        List<Wal> settled = waiting(key).stream().filter(w -> w.id() <= through).toList();
        settled.forEach(w -> outcome(w.id(), outcome));
        List<Wal> left = new ArrayList<>(
                waiting(key).stream().filter(w -> w.id() > through).toList());
        if (left.isEmpty()) {
            wal.remove(key);
        } else {
            wal.put(key, left);
        }
        return settled;
    }
}
