package dev.etcdpg.etcd.source.decide;

/**
 * Whether etcd still has the history that was delivered. Called before a watch is opened and at every heartbeat, because a watch at a
 * revision that a restored etcd has not reached is silent for ever.
 */
public final class HistoryCheck {

    /** What to do, and why, for the log. */
    public record Verdict(Action action, String reason) {}

    /** What to do. */
    public enum Action {
        /** The history is the same one. */
        GO_ON,
        /** Read everything again, in the epoch that etcd names. */
        SNAPSHOT,
        /** Begin a new epoch; then look again. */
        NEW_EPOCH
    }

    /**
     * What was seen of etcd.
     *
     * @param epoch 0 if nothing was seen yet
     * @param revision the highest revision known to have been there, 0 for none
     * @param cluster cluster id
     * @param partitions into how many partitions keys were divided
     */
    public record Seen(long epoch, long revision, String cluster, int partitions) {}

    private HistoryCheck() {}

    public static Verdict decide(Seen seen, EtcdState now, int partitions) {
        if (now.epoch() == 0) {
            return newEpoch(seen.epoch() == 0 ? "etcd has none yet" : "the epoch key is missing");
        }
        if (seen.epoch() == 0) {
            return new Verdict(Action.SNAPSHOT, "there is no offset");
        }
        if (now.epoch() < seen.epoch()) {
            return newEpoch("the epoch key says " + now.epoch() + ", behind " + seen.epoch() + " that was seen");
        }
        if (now.epoch() > seen.epoch()) {
            return new Verdict(Action.SNAPSHOT, "epoch " + now.epoch() + " has begun, after " + seen.epoch());
        }
        if (!now.cluster().equals(seen.cluster())) {
            return newEpoch("cluster id is " + now.cluster() + ", it was " + seen.cluster());
        }
        if (now.revision() < seen.revision()) {
            return newEpoch("etcd is at revision " + now.revision() + ", behind " + seen.revision() + " that was seen");
        }
        if (partitions != seen.partitions()) {
            return newEpoch("keys are divided into " + partitions + " partitions, it was " + seen.partitions());
        }
        return new Verdict(Action.GO_ON, "");
    }

    private static Verdict newEpoch(String reason) {
        return new Verdict(Action.NEW_EPOCH, reason);
    }
}
