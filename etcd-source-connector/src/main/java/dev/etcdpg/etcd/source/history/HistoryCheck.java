package dev.etcdpg.etcd.source.history;

import dev.etcdpg.etcd.bookkeeping.EtcdState;

/**
 * Whether etcd still has the history that was delivered. Asked when a task starts, before a watch is opened again, and every few seconds,
 * because a watch at a revision that a restored etcd has not reached is silent for ever.
 */
public final class HistoryCheck {

    /**
     * What to do, and why, for the log.
     *
     * @param anotherHistory whether etcd was found to have another history: then the user may have asked to fail
     */
    public record Verdict(Action action, String reason, boolean anotherHistory) {}

    /** What to do. */
    public enum Action {
        /** The history is the same one, or a new epoch within it, which the watch will meet in order. */
        GO_ON,
        /** As {@link #GO_ON}, in the epoch that etcd names: the user has set the offset to a revision and nothing else. */
        REPLAY,
        /** Read everything again, in the epoch that etcd names. */
        SNAPSHOT,
        /** Begin a new epoch; then look again. */
        NEW_EPOCH
    }

    /** What etcd has where the last event was delivered from. */
    public enum LastEvent {
        /** There was none, or its revision is compacted. */
        UNKNOWN,
        AS_REMEMBERED,
        OTHERWISE
    }

    /**
     * What was seen of etcd.
     *
     * @param epoch 0 if nothing was seen yet
     * @param epochRevision mod_revision of the epoch key, 0 if not known
     * @param revision the highest revision known to have been there, 0 for none
     * @param cluster cluster id
     * @param partitions into how many partitions keys were divided
     * @param prefix of the route, empty if not known
     */
    public record Seen(long epoch, long epochRevision, long revision, String cluster, int partitions, String prefix) {}

    private HistoryCheck() {}

    /**
     * @param event what etcd has of the last event delivered
     * @param partitions as configured now
     * @param prefix as configured now
     */
    public static Verdict decide(Seen seen, EtcdState now, LastEvent event, int partitions, String prefix) {
        if (now.epoch() == 0) {
            return seen.epoch() == 0 ? newEpoch("etcd has none yet") : another("the epoch key is missing");
        }
        if (seen.epoch() == 0) {
            return seen.revision() == 0 || now.revision() < seen.revision()
                    ? snapshot("there is no offset")
                    : new Verdict(Action.REPLAY, "the offset names a revision", false);
        }
        if (now.epoch() < seen.epoch()) {
            return another("the epoch key says " + now.epoch() + ", behind " + seen.epoch() + " that was seen");
        }
        boolean sameSigns = now.cluster().equals(seen.cluster())
                && now.revision() >= seen.revision()
                && event == LastEvent.AS_REMEMBERED
                && partitions == seen.partitions()
                && prefix.equals(seen.prefix());
        if (now.epoch() > seen.epoch()) {
            return sameSigns && now.epochRevision() > seen.revision()
                    ? new Verdict(Action.GO_ON, "", false)
                    : snapshot("epoch " + now.epoch() + " has begun, after " + seen.epoch());
        }
        if (!now.cluster().equals(seen.cluster())) {
            return another("cluster id is " + now.cluster() + ", it was " + seen.cluster());
        }
        if (now.revision() < seen.revision()) {
            return another("etcd is at revision " + now.revision() + ", behind " + seen.revision() + " that was seen");
        }
        if (seen.epochRevision() != 0 && now.epochRevision() != seen.epochRevision()) {
            return another(
                    "the epoch was written at revision " + now.epochRevision() + ", it was " + seen.epochRevision());
        }
        if (event == LastEvent.OTHERWISE) {
            return another("the event delivered last is not there as remembered");
        }
        if (partitions != seen.partitions()) {
            return newEpoch("keys are divided into " + partitions + " partitions, it was " + seen.partitions());
        }
        if (!seen.prefix().isEmpty() && !prefix.equals(seen.prefix())) {
            return snapshot("the route's prefix is " + prefix + ", it was " + seen.prefix());
        }
        return new Verdict(Action.GO_ON, "", false);
    }

    private static Verdict snapshot(String reason) {
        return new Verdict(Action.SNAPSHOT, reason, false);
    }

    private static Verdict newEpoch(String reason) {
        return new Verdict(Action.NEW_EPOCH, reason, false);
    }

    private static Verdict another(String reason) {
        return new Verdict(Action.NEW_EPOCH, reason, true);
    }
}
