package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Applied;
import dev.etcdpg.testing.chaos.history.Author;
import dev.etcdpg.testing.chaos.history.Change;
import dev.etcdpg.testing.chaos.history.EtcdEvent;
import dev.etcdpg.testing.chaos.history.EtcdHistory;
import dev.etcdpg.testing.chaos.history.Lost;
import dev.etcdpg.testing.chaos.history.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Checks the outcomes of the changes committed in PostgreSQL, when no change is pending. A change that is not in etcd_conflict must have
 * reached etcd, by itself or conflated with a later change. Each write of the sink to etcd must be a committed change, once, in the order
 * of commits. A change in etcd_conflict must have lost to an event of etcd.
 */
public final class OutcomeChecker {
    private final EtcdHistory recorded;
    private final ConflictsByKey outcomes;
    private final Map<String, Map<Long, Applied>> history = new HashMap<>();
    private final int conflateAfter;
    private final List<String> failures = new ArrayList<>();

    /** @param conflateAfter setting of the notify source: it conflates more waiting changes of a key than this */
    OutcomeChecker(EtcdHistory recorded, ConflictsByKey outcomes, List<Applied> history, int conflateAfter) {
        this.recorded = recorded;
        this.outcomes = outcomes;
        this.conflateAfter = conflateAfter;
        history.forEach(entry -> this.history
                .computeIfAbsent(entry.key(), key -> new HashMap<>())
                .put(entry.revision(), entry));
    }

    List<String> check() {
        failures.addAll(outcomes.failures());
        for (String key : recorded.keys()) {
            if (outcomes.of(key).isEmpty()) {
                check(key, List.of());
            }
        }
        outcomes.keys().forEach(key -> check(key, outcomes.of(key)));
        return failures;
    }

    private void check(String key, List<Change> changes) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < changes.size(); i++) {
            if (!changes.get(i).isDelete()) {
                places.put(changes.get(i).value(), i);
            }
        }
        NavigableMap<Integer, EtcdEvent> written = written(key, changes, places);
        Witnesses witnesses = new Witnesses(recorded.of(key), recorded.since(), changes, outcomes, written);
        for (int i = 0; i < changes.size(); i++) {
            Lost lost = outcomes.lost(changes.get(i));
            if (lost == null) {
                checkConfirmed(changes, i, witnesses);
            } else {
                checkLost(changes.get(i), lost, written.get(i));
            }
            if (i > 0
                    && changes.get(i - 1).transaction().equals(changes.get(i).transaction())
                    && (lost == null) != (outcomes.lost(changes.get(i - 1)) == null)) {
                failures.add("of one transaction, one of these is lost and the other is not: " + changes.get(i - 1)
                        + " and " + changes.get(i));
            }
        }
    }

    /** Returns the sink's puts by the position of their change. */
    private NavigableMap<Integer, EtcdEvent> written(String key, List<Change> changes, Map<String, Integer> places) {
        NavigableMap<Integer, EtcdEvent> written = new TreeMap<>();
        int last = -1;
        int deletes = 0;
        for (EtcdEvent event : recorded.of(key).tailMap(recorded.since(), false).values()) {
            if (event.author() != Author.SINK) {
                continue;
            }
            if (event.value() == null) {
                deletes++;
                continue;
            }
            Integer place = places.get(event.value());
            if (place == null) {
                failures.add("etcd got " + Values.shown(event.value()) + " of " + key + " at " + event.revision()
                        + " from PostgreSQL, where nobody committed it");
                continue;
            }
            EtcdEvent before = written.put(place, event);
            if (before != null) {
                failures.add("etcd got twice, at " + before.revision() + " and " + event.revision() + ": "
                        + changes.get(place));
            } else if (place < last) {
                failures.add("etcd got out of order, at " + event.revision() + ": " + changes.get(place));
            } else {
                checkDeletes(key, changes, last, place, deletes, event.revision());
            }
            deletes = 0;
            last = Math.max(last, place);
        }
        checkDeletes(key, changes, last, changes.size(), deletes, Long.MAX_VALUE);
        return written;
    }

    private void checkDeletes(String key, List<Change> changes, int from, int to, int deletes, long before) {
        long committed =
                changes.subList(from + 1, to).stream().filter(Change::isDelete).count();
        if (deletes > committed) {
            failures.add("PostgreSQL deleted " + key + " in etcd " + deletes + " times "
                    + (before == Long.MAX_VALUE ? "at the end" : "before " + before) + ", where " + committed
                    + " deletions were committed");
        }
    }

    /**
     * Checks a change that is not in etcd_conflict: it must have reached etcd, or the source can have skipped it for a later change, up to
     * the next change that the sink wrote. A value in etcd, or an absent key, does not prove that this change caused it, so the source can
     * have skipped such a change too.
     */
    private void checkConfirmed(List<Change> changes, int place, Witnesses witnesses) {
        Change nearest = null;
        for (int shared = place; shared < changes.size() && outcomes.lost(changes.get(shared)) == null; shared++) {
            if (witnesses.has(shared)) {
                if (shared == place || mayShare(changes, place, shared, witnesses)) {
                    return;
                }
                nearest = nearest == null ? changes.get(shared) : nearest;
                if (witnesses.isWritten(shared)) {
                    break;
                }
            }
        }
        failures.add(
                nearest == null
                        ? "neither in etcd nor in etcd_conflict nor pending: " + changes.get(place)
                        : "skipped, though neither of the same transaction nor among more than " + conflateAfter
                                + " that waited: " + changes.get(place) + ", for " + nearest);
    }

    /** Whether the source can have skipped a change for a later one: in the same transaction, or because many changes were waiting. */
    private boolean mayShare(List<Change> changes, int place, int shared, Witnesses witnesses) {
        if (changes.get(place).transaction().equals(changes.get(shared).transaction())) {
            return true;
        }
        int first = place;
        while (first > 0 && !witnesses.isWritten(first - 1) && outcomes.lost(changes.get(first - 1)) == null) {
            first--;
        }
        return shared - first + 1 > conflateAfter;
    }

    private void checkLost(Change change, Lost lost, EtcdEvent written) {
        if (lost.late() && !mayBeLate(change, lost)) {
            failures.add("etcd_conflict says that etcd took it late, and it did not: " + change);
        }
        if (written != null) {
            Applied seen = history.getOrDefault(change.key(), Map.of()).get(written.revision());
            if (seen != null && seen.ours()) {
                failures.add("confirmed at " + written.revision() + ", and in etcd_conflict too: " + change);
            } else if (seen != null && !lost.late()) {
                failures.add("in etcd_conflict, and etcd took it at " + written.revision()
                        + ", which etcd_conflict does not say: " + change);
            }
        }
        checkReason(change, lost);
    }

    /**
     * Whether a change is an insert whose value appeared after the event it lost to. Another writer can have written an equal value, which
     * the checker cannot tell apart.
     */
    private boolean mayBeLate(Change change, Lost lost) {
        return !change.isDelete()
                && lost.baseRevision() == 0
                && recorded.of(change.key()).tailMap(lost.wonRevision(), false).values().stream()
                        .anyMatch(event -> change.value().equals(event.value()));
    }

    private void checkReason(Change change, Lost lost) {
        String key = change.key();
        boolean happened =
                recorded.at(key, lost.wonRevision()) != null || recorded.valueAt(key, lost.wonRevision()) == null;
        if (!happened) {
            failures.add(
                    "lost to revision " + lost.wonRevision() + ", at which etcd did nothing to the key: " + change);
        }
        boolean somebodyWrote =
                recorded.of(key).subMap(lost.baseRevision(), false, lost.wonRevision(), true).values().stream()
                        .anyMatch(event -> event.revision() > recorded.since() && isForeign(event));
        if (!somebodyWrote) {
            failures.add("lost, though nobody else wrote the key between revisions " + lost.baseRevision() + " and "
                    + lost.wonRevision() + ": " + change);
        }
    }

    /** Whether an event is not from the sink, or from a change that had been declared lost. */
    private boolean isForeign(EtcdEvent event) {
        return event.author() != Author.SINK
                || (event.value() == null
                        ? outcomes.lostDeletions(event.key()) > 0
                        : outcomes.isLost(event.key(), event.value()));
    }
}
