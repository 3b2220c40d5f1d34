package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Applied;
import dev.etcdpg.testing.chaos.history.Author;
import dev.etcdpg.testing.chaos.history.EtcdEvent;
import dev.etcdpg.testing.chaos.history.EtcdHistory;
import dev.etcdpg.testing.chaos.history.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * Checks etcd_history: the entries of each key are in order, true and complete, and the last entry is the state of the key. Events that
 * a snapshot hid can be missing.
 */
public final class HistoryChecker {
    private final EtcdHistory recorded;
    private final Delivered delivered;
    private final Jumps jumps;
    private final ConflictsByKey outcomes;
    private final ToIntFunction<String> partition;
    private final long epoch;
    private final List<String> failures = new ArrayList<>();

    HistoryChecker(
            EtcdHistory recorded,
            Delivered delivered,
            ConflictsByKey outcomes,
            ToIntFunction<String> partition,
            long epoch) {
        this.recorded = recorded;
        this.delivered = delivered;
        this.jumps = delivered.jumps(recorded.revisions());
        this.outcomes = outcomes;
        this.partition = partition;
        this.epoch = epoch;
    }

    /** @param history in the order of application */
    List<String> check(List<Applied> history) {
        Map<String, List<Applied>> byKey = new HashMap<>();
        history.forEach(entry ->
                byKey.computeIfAbsent(entry.key(), key -> new ArrayList<>()).add(entry));
        Set<String> keys = new TreeSet<>(recorded.keys());
        keys.addAll(byKey.keySet());
        for (String key : keys) {
            check(key, byKey.getOrDefault(key, List.of()));
        }
        return failures;
    }

    private void check(String key, List<Applied> history) {
        long last = 0;
        Set<Long> revisions = new HashSet<>();
        for (Applied entry : history) {
            if (entry.revision() <= last) {
                failures.add("etcd_history of " + key + " has revision " + entry.revision() + " applied after " + last);
            }
            last = Math.max(last, entry.revision());
            revisions.add(entry.revision());
            check(entry);
        }
        for (EtcdEvent event : recorded.of(key).tailMap(recorded.since(), false).values()) {
            if (!revisions.contains(event.revision())
                    && !(delivered.isTold(partition.applyAsInt(key), key, event.revision())
                            && jumps.passed(event.revision()))) {
                failures.add("etcd_history lacks revision " + event.revision() + " of " + key + ", "
                        + Values.shown(event.value()) + ", and no compaction and snapshot explain it");
            }
        }
        checkDeletions(key, history);
        checkLast(key, history);
    }

    /** Deletions have no value that identifies them, so this method counts them. */
    private void checkDeletions(String key, List<Applied> history) {
        long ours =
                history.stream().filter(entry -> !entry.put() && entry.ours()).count();
        long confirmed = outcomes.confirmedDeletions(key);
        if (ours > confirmed) {
            failures.add("etcd_history has " + ours + " deletions of " + key + " of this database, where " + confirmed
                    + " were committed and did not lose");
        }
        long sinks = history.stream()
                .filter(entry -> !entry.put() && !entry.ours())
                .map(entry -> recorded.at(key, entry.revision()))
                .filter(event -> event != null && event.author() == Author.SINK)
                .count();
        if (sinks > outcomes.lostDeletions(key)) {
            failures.add("etcd_history has " + sinks + " deletions of " + key
                    + " of etcd, but the sink made them for this database, where " + outcomes.lostDeletions(key)
                    + " lost");
        }
    }

    private void check(Applied entry) {
        String what = "etcd_history has revision " + entry.revision() + " of " + entry.key() + " as "
                + Values.shown(entry.value());
        if (entry.epoch() != epoch) {
            failures.add(what + " in epoch " + entry.epoch() + " instead of " + epoch);
        }
        EtcdEvent event = recorded.at(entry.key(), entry.revision());
        boolean toldByManifest = event == null
                && !entry.put()
                && entry.snapshot()
                && recorded.valueAt(entry.key(), entry.revision()) == null;
        if (toldByManifest) {
            return;
        }
        if (event == null) {
            failures.add(what + ", which etcd never did");
        } else if (!same(entry, event)) {
            failures.add(what + ", which in etcd was " + Values.shown(event.value()) + ", created at "
                    + event.createRevision() + ", version " + event.version() + ", lease " + event.lease());
        } else {
            checkOrigin(entry, event, what);
        }
    }

    private static boolean same(Applied entry, EtcdEvent event) {
        return entry.put()
                ? entry.value().equals(event.value())
                        && entry.createRevision() == event.createRevision()
                        && entry.version() == event.version()
                        && entry.lease() == event.lease()
                : event.value() == null;
    }

    private void checkOrigin(Applied entry, EtcdEvent event, String what) {
        if (entry.ours() && entry.put() && !outcomes.isCommitted(entry.key(), entry.value())) {
            failures.add(what + " of this database, where nobody committed it");
        } else if (!entry.ours()
                && entry.put()
                && event.author() == Author.SINK
                && !outcomes.isLost(entry.key(), entry.value())
                && !followsADeletionThatItNeverSaw(event)) {
            failures.add(what + " of etcd, but the sink wrote it for this database");
        }
    }

    /**
     * Whether an entry is an insert that an equal value of another writer confirmed while the insert was in flight. If the key is deleted
     * before the insert arrives, etcd accepts it, because a transaction cannot compare "absent since".
     */
    private boolean followsADeletionThatItNeverSaw(EtcdEvent event) {
        return event.version() == 1
                && recorded.of(event.key()).headMap(event.revision(), false).values().stream()
                        .anyMatch(before ->
                                before.author() != Author.SINK && event.value().equals(before.value()));
    }

    private void checkLast(String key, List<Applied> history) {
        EtcdEvent now = recorded.last(key);
        if (now == null || now.revision() <= recorded.since()) {
            return;
        }
        Applied last = history.isEmpty() ? null : history.get(history.size() - 1);
        boolean agrees = last == null
                ? now.value() == null
                : now.value() == null ? !last.put() : last.put() && last.revision() == now.revision();
        if (!agrees) {
            failures.add("etcd_history of " + key + " ends with "
                    + (last == null ? "nothing" : "revision " + last.revision() + ", " + Values.shown(last.value()))
                    + ", etcd with revision " + now.revision() + ", " + Values.shown(now.value()));
        }
    }
}
