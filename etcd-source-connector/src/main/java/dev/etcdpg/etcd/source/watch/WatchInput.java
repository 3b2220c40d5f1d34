package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeyChange;
import java.util.List;

/** An input that a watch delivers. */
public sealed interface WatchInput {

    /** etcd has created the watch. */
    record Created() implements WatchInput {}

    /**
     * Revisions in order. The watch has no other events up to the last of them, except for more parts of the last one.
     *
     * @param weight weight of all events
     */
    record Events(List<RevisionEvents> revisions, int weight) implements WatchInput {}

    /**
     * Events of the watch at one revision.
     *
     * @param last whether no more events of the watch at this revision follow. The last part can be missing, if another revision or progress
     *     follows
     */
    record RevisionEvents(long revision, List<KeyChange> changes, boolean last) {

        public int weight() {
            return changes.stream().mapToInt(KeyChange::weight).sum();
        }
    }

    /** The watch has no more events up to and including this revision. */
    record Progress(long revision) implements WatchInput {}

    /** The watch has ended. Nothing follows. */
    record Failed(Throwable cause) implements WatchInput {}
}
