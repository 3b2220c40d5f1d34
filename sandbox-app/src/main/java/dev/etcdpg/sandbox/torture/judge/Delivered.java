package dev.etcdpg.sandbox.torture.judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is in the etcd topic: events of the watch, and what snapshots say. Records are added in the order of each partition. */
public final class Delivered {
    /** Records of a partition that the watch may deliver until a snapshot that began with it has its first page. */
    private static final long RUN_UP = 1_000;

    /** Keys for which a snapshot speaks: one, or those after a key up to another ('' is open). */
    private record Seen(long offset, long revision, String key, String after, String through) {
        boolean covers(String other) {
            return key != null
                    ? key.equals(other)
                    : after.compareTo(other) < 0 && (through.isEmpty() || through.compareTo(other) >= 0);
        }
    }

    private static final class Lane {
        /** First offset of each revision that the watch has delivered. */
        private final TreeMap<Long, Long> watched = new TreeMap<>();

        private final Map<String, Map<Long, Long>> events = new HashMap<>();
        private final List<Seen> snapshots = new ArrayList<>();
    }

    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final List<String> failures = new ArrayList<>();

    private Lane lane(int partition) {
        return lanes.computeIfAbsent(partition, p -> new Lane());
    }

    /** An event of the watch. */
    public void event(int partition, long offset, String key, long revision) {
        Lane lane = lane(partition);
        lane.watched.putIfAbsent(revision, offset);
        Long before = lane.events.computeIfAbsent(key, k -> new HashMap<>()).putIfAbsent(revision, offset);
        if (before != null) {
            failures.add("the etcd topic has revision " + revision + " of " + key + " twice, at offsets " + before
                    + " and " + offset + " of partition " + partition);
        }
    }

    /** A key that a snapshot found. */
    public void found(int partition, long offset, String key, long snapshotRevision) {
        lane(partition).snapshots.add(new Seen(offset, snapshotRevision, key, null, null));
    }

    /** A page of a snapshot. */
    public void manifest(int partition, long offset, long revision, String after, String through) {
        lane(partition).snapshots.add(new Seen(offset, revision, null, after, through));
    }

    /** Events that were delivered twice. */
    List<String> failures() {
        return failures;
    }

    /**
     * Whether a snapshot explains that PostgreSQL never saw that event: one of that revision or later spoke of the key before
     * the event was delivered, and the watch had not long passed the revision by then. It may just have: after a compaction
     * it goes on from where the snapshot begins, and further when that has to begin again.
     */
    boolean isHidden(int partition, String key, long revision) {
        Lane lane = lane(partition);
        long delivered = lane.events.getOrDefault(key, Map.of()).getOrDefault(revision, Long.MAX_VALUE);
        Seen first = null;
        for (Seen seen : lane.snapshots) {
            if (seen.offset() >= delivered) {
                return false;
            }
            if (seen.revision() >= revision) {
                first = first == null ? seen : first;
                if (seen.covers(key)) {
                    return !wasPassed(lane, revision, first);
                }
            }
        }
        return false;
    }

    private static boolean wasPassed(Lane lane, long revision, Seen snapshot) {
        return lane.watched.subMap(revision, false, snapshot.revision(), true).values().stream()
                .anyMatch(offset -> offset < snapshot.offset() - RUN_UP);
    }
}
