package dev.etcdpg.etcd.source.offset;

/**
 * Tells which keys and values without a record get a dead letter when a snapshot finds them. Each gets its dead letter once, either from the
 * watch or from one snapshot. There are two exceptions: a snapshot that is cut off may repeat its dead letters, and changes older than a start
 * without a snapshot get a dead letter from each snapshot until a snapshot of all keys has ended. Not thread-safe.
 */
final class UnreportedKeys {

    private long started;
    /** Changes after {@code after} and up to {@code through} were not reported. Both are 0 if there are none. */
    private long after;

    private long through;

    /** @param started the revision at which the source started without a snapshot, 0 if it has read all */
    UnreportedKeys(long started) {
        this.started = started;
    }

    /** Returns the revision at which the source started without a snapshot, 0 if it has read all. */
    long started() {
        return started;
    }

    boolean contains(long revision) {
        return revision <= started || (revision > after && revision <= through);
    }

    /**
     * Records that the watch skips revisions, and that a snapshot reads the skipped changes.
     *
     * @param sameKeys whether the epoch and the prefix stay the same
     * @param from the last revision that was delivered
     * @param to the revision at which the watch continues
     */
    void skip(boolean sameKeys, long from, long to) {
        if (!sameKeys) {
            after = 0;
        } else if (through == 0) {
            after = from;
        }
        through = to;
    }

    /** Records that the source starts after this revision without a snapshot. */
    void startAt(long revision) {
        started = revision;
        through = 0;
    }

    /** @param all whether the snapshot covered all keys of the range */
    void snapshotEnded(boolean all) {
        if (through != 0 || all) {
            started = 0;
        }
        through = 0;
    }
}
