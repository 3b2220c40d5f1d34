package dev.etcdpg.etcd.source.history;

import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.source.offset.SeenHistory;
import dev.etcdpg.etcd.source.offset.SourceOffset;

/**
 * Decides whether etcd still has the history that the source has delivered. The source asks when a task starts, before it reopens a watch,
 * and every few seconds, because a watch at a revision that a restored etcd has not reached stays silent for ever. Pure.
 */
public final class HistoryCheck {

    /**
     * The decision.
     *
     * @param reason the reason, for the log; empty for {@link Action#GO_ON}
     * @param anotherHistory whether etcd has another history; the user may have asked to fail then
     */
    public record Verdict(Action action, String reason, boolean anotherHistory) {}

    /** The action with which the source continues. */
    public enum Action {
        /** etcd has the same history. A new epoch may have begun within this history; the watch delivers the new epoch in order. */
        GO_ON,
        /** Go on as with {@link #GO_ON}, but in the epoch of etcd, because the user has set the offset to a revision and nothing else. */
        REPLAY,
        /** Read everything again, in the epoch of etcd. */
        SNAPSHOT,
        /** Begin a new epoch, then decide again. */
        NEW_EPOCH
    }

    /** Whether etcd still has the last event that was delivered. */
    public enum EventMatch {
        /** No event was delivered, or etcd has compacted its revision and its key was changed since. */
        UNKNOWN,
        MATCHES,
        DIFFERS
    }

    private HistoryCheck() {}

    /**
     * Decides how the source continues.
     *
     * @param before the state of etcd as the source has seen it
     * @param now the state of etcd
     * @param event whether etcd still has the last event that was delivered
     * @param partitions the configured number of partitions
     */
    public static Verdict decide(SeenHistory before, EtcdState now, EventMatch event, int partitions) {
        SourceOffset.History seen = before.history();
        if (now.epoch() == 0) {
            return seen.epoch() == 0 ? newEpoch("etcd has none yet") : anotherHistory("the epoch key is missing");
        }
        if (seen.epoch() == 0) {
            return before.revision() == 0 || now.revision() < before.revision()
                    ? snapshot("there is no offset")
                    : new Verdict(Action.REPLAY, "the offset names a revision", false);
        }
        if (now.epoch() < seen.epoch()) {
            return anotherHistory("the epoch is " + now.epoch() + ", lower than epoch " + seen.epoch() + " before");
        }
        if (now.epoch() > seen.epoch()) {
            boolean withinHistory = now.cluster().equals(seen.cluster())
                    && now.revision() >= before.revision()
                    && event == EventMatch.MATCHES
                    && partitions == before.partitions()
                    && now.epochRevision() > before.revision();
            return withinHistory
                    ? goOn()
                    : snapshot("epoch " + now.epoch() + " has begun, after epoch " + seen.epoch());
        }
        return decideWithinEpoch(before, now, event, partitions);
    }

    /**
     * Decides whether etcd has lost the keys of the connectors together with other keys: its data directory was lost, or a backup from before the
     * connectors was restored. An epoch key that somebody has deleted within the same history is no such loss. For the parameters see {@link #decide}.
     */
    public static boolean hasLostKeys(SeenHistory before, EtcdState now, EventMatch event) {
        long seen = before.history().epoch();
        boolean isEpochLost = seen != 0 && (now.epoch() == 0 || now.epoch() > seen && now.isEpochNew());
        return isEpochLost && (now.revision() < before.revision() || event == EventMatch.DIFFERS);
    }

    private static Verdict decideWithinEpoch(SeenHistory before, EtcdState now, EventMatch event, int partitions) {
        SourceOffset.History seen = before.history();
        if (!now.cluster().equals(seen.cluster())) {
            return anotherHistory("the cluster id is " + now.cluster() + ", it was " + seen.cluster());
        }
        if (now.revision() < before.revision()) {
            return anotherHistory("etcd is at revision " + now.revision() + ", it was at " + before.revision());
        }
        if (seen.epochRevision() != 0 && now.epochRevision() != seen.epochRevision()) {
            return anotherHistory("the epoch was written at revision " + now.epochRevision() + ", it was written at "
                    + seen.epochRevision());
        }
        if (event == EventMatch.DIFFERS) {
            return anotherHistory("etcd does not have the last event that was delivered");
        }
        if (partitions != before.partitions()) {
            return newEpoch("keys are divided into " + partitions + " partitions, there were " + before.partitions()
                    + " before");
        }
        return goOn();
    }

    private static Verdict goOn() {
        return new Verdict(Action.GO_ON, "", false);
    }

    private static Verdict snapshot(String reason) {
        return new Verdict(Action.SNAPSHOT, reason, false);
    }

    private static Verdict newEpoch(String reason) {
        return new Verdict(Action.NEW_EPOCH, reason, false);
    }

    private static Verdict anotherHistory(String reason) {
        return new Verdict(Action.NEW_EPOCH, reason, true);
    }
}
