package dev.etcdpg.testing.chaos.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/** What is in the etcd topic: events of the watch, and what snapshots say. Records are added in the order of each partition. */
public final class Delivered {
    /** A snapshot begins again when it is interrupted; of one compaction hardly more than this end. */
    private static final int ENDS_OF_A_COMPACTION = 2;

    /** Keys for which a snapshot speaks: one, or those after a key up to another ('' is open). */
    private record Seen(long revision, String key, String after, String through) {
        boolean covers(String other) {
            return key != null
                    ? key.equals(other)
                    : after.compareTo(other) < 0 && (through.isEmpty() || through.compareTo(other) >= 0);
        }
    }

    private static final class Lane {
        private final Map<String, Map<Long, Long>> events = new HashMap<>();
        private final List<Seen> snapshots = new ArrayList<>();
        private boolean isUnderWay;
    }

    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final TreeSet<Long> watched = new TreeSet<>();
    private final TreeSet<Long> ends = new TreeSet<>();
    private final TreeSet<Long> snapshots = new TreeSet<>();
    private final TreeSet<Long> compactions = new TreeSet<>();
    private final List<String> failures = new ArrayList<>();

    private Lane lane(int partition) {
        return lanes.computeIfAbsent(partition, p -> new Lane());
    }

    /** An event of the watch. */
    public void event(int partition, long offset, String key, long revision) {
        Lane lane = lane(partition);
        watched.add(revision);
        Long before = lane.events.computeIfAbsent(key, k -> new HashMap<>()).putIfAbsent(revision, offset);
        if (before != null) {
            failures.add("the etcd topic has revision " + revision + " of " + key + " twice, at offsets " + before
                    + " and " + offset + " of partition " + partition);
        }
    }

    /** A key that a snapshot found. */
    public void found(int partition, String key, long snapshotRevision) {
        lane(partition).snapshots.add(new Seen(snapshotRevision, key, null, null));
        snapshots.add(snapshotRevision);
        lane(partition).isUnderWay = true;
    }

    /** A page of a snapshot. */
    public void manifest(int partition, long revision, String after, String through) {
        lane(partition).snapshots.add(new Seen(revision, null, after, through));
        snapshots.add(revision);
        lane(partition).isUnderWay = true;
    }

    /** The end of a snapshot that began at that revision. */
    public void end(int partition, long revision) {
        ends.add(revision);
        lane(partition).isUnderWay = false;
    }

    /** Whether pages of a snapshot have come and not its end. */
    public boolean isSnapshotUnderWay() {
        return lanes.values().stream().anyMatch(lane -> lane.isUnderWay);
    }

    /** etcd was compacted to that revision, by a fault. */
    public void compacted(long revision) {
        compactions.add(revision);
    }

    /** Events that were delivered twice, and snapshots without a reason. */
    List<String> failures() {
        List<String> all = new ArrayList<>(failures);
        if (compactions.isEmpty() && !snapshots.isEmpty()) {
            all.add("the etcd source made a snapshot at " + snapshots.first() + ", and etcd was not compacted");
        } else if (ends.size() > ENDS_OF_A_COMPACTION * compactions.size()) {
            all.add("the etcd source made " + ends.size() + " snapshots, and etcd was compacted only "
                    + compactions.size() + " times");
        }
        return all;
    }

    /**
     * What a snapshot may have hidden.
     *
     * @param happened revisions that etcd had below the prefix
     */
    Jumps jumps(NavigableSet<Long> happened) {
        return new Jumps(watched, happened, compactions, ends);
    }

    /** Whether a snapshot of that revision or later spoke of the key, in place of an event that the watch did not deliver. */
    boolean isTold(int partition, String key, long revision) {
        Lane lane = lane(partition);
        return !lane.events.getOrDefault(key, Map.of()).containsKey(revision)
                && lane.snapshots.stream().anyMatch(seen -> seen.revision() >= revision && seen.covers(key));
    }
}
