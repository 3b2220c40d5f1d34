package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeyChange;
import java.util.List;

/** An input that a watch delivers. */
public sealed interface WatchInput {

    /** etcd has created the watch. */
    record Created() implements WatchInput {}

    /**
     * Whole revisions in order. The watch has no other events up to the last of them.
     *
     * @param weight weight of all events
     */
    record Events(List<RevisionEvents> revisions, int weight) implements WatchInput {}

    /** All events of the watch at one revision. */
    record RevisionEvents(long revision, List<KeyChange> changes) {

        public int weight() {
            return changes.stream().mapToInt(KeyChange::weight).sum();
        }
    }

    /** The watch has no more events up to and including this revision. */
    record Progress(long revision) implements WatchInput {}

    /** The watch has ended. Nothing follows. */
    record Failed(Throwable cause) implements WatchInput {}
}
