package dev.etcdpg.testing.chaos.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The contents of the etcd topic: events of the watch, and snapshots. Records are added in the order of each partition. */
public final class Delivered {
    /** More snapshots than end because of one compaction. An interrupted snapshot begins again. */
    private static final int ENDS_OF_A_COMPACTION = 2;

    /** The keys that a record of a snapshot covers: one key, or the keys after one key up to another ('' is open). */
    private record Seen(long revision, String key, String after, String through) {
        boolean covers(String other) {
            return key != null
                    ? key.equals(other)
                    : after.compareTo(other) < 0 && (through.isEmpty() || through.compareTo(other) >= 0);
        }
    }

    private static final class PartitionContents {
        private final Map<String, Map<Long, Long>> events = new HashMap<>();
        private final List<Seen> snapshots = new ArrayList<>();
        private boolean isUnderWay;
    }

    private final Map<Integer, PartitionContents> partitions = new HashMap<>();
    private final TreeSet<Long> watched = new TreeSet<>();
    private final TreeSet<Long> ends = new TreeSet<>();
    private final TreeSet<Long> snapshots = new TreeSet<>();
    private final TreeSet<Long> compactions = new TreeSet<>();
    private final List<String> failures = new ArrayList<>();

    private PartitionContents contents(int partition) {
        return partitions.computeIfAbsent(partition, p -> new PartitionContents());
    }

    /** Adds an event of the watch. */
    public void event(int partition, long offset, String key, long revision) {
        PartitionContents contents = contents(partition);
        watched.add(revision);
        Long before = contents.events.computeIfAbsent(key, k -> new HashMap<>()).putIfAbsent(revision, offset);
        if (before != null) {
            failures.add("the etcd topic has revision " + revision + " of " + key + " twice, at offsets " + before
                    + " and " + offset + " of partition " + partition);
        }
    }

    /** Adds a key that a snapshot found. */
    public void found(int partition, String key, long snapshotRevision) {
        contents(partition).snapshots.add(new Seen(snapshotRevision, key, null, null));
        snapshots.add(snapshotRevision);
        contents(partition).isUnderWay = true;
    }

    /** Adds a page of a snapshot. */
    public void manifest(int partition, long revision, String after, String through) {
        contents(partition).snapshots.add(new Seen(revision, null, after, through));
        snapshots.add(revision);
        contents(partition).isUnderWay = true;
    }

    /** Adds the end of a snapshot that began at a revision. */
    public void end(int partition, long revision) {
        ends.add(revision);
        contents(partition).isUnderWay = false;
    }

    /** Whether a snapshot has pages and no end yet. */
    public boolean isSnapshotUnderWay() {
        return partitions.values().stream().anyMatch(contents -> contents.isUnderWay);
    }

    /** Adds a compaction by a fault. */
    public void compacted(long revision) {
        compactions.add(revision);
    }

    /** Returns events that were delivered twice, and snapshots without a reason. */
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
     * Returns the gaps that a snapshot can have hidden.
     *
     * @param happened the revisions of etcd below the prefix
     */
    Jumps jumps(NavigableSet<Long> happened) {
        return new Jumps(watched, happened, compactions, ends);
    }

    /** Whether a snapshot of a revision or later covers the key, in place of an event that the watch did not deliver. */
    boolean isTold(int partition, String key, long revision) {
        PartitionContents contents = contents(partition);
        return !contents.events.getOrDefault(key, Map.of()).containsKey(revision)
                && contents.snapshots.stream().anyMatch(seen -> seen.revision() >= revision && seen.covers(key));
    }
}
