package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeyChange;
import java.util.List;

/** What a watch says. */
public sealed interface WatchInput {

    /** The server has created it. */
    record Created() implements WatchInput {}

    /** Whole revisions in order, and so everything up to the last of them. */
    record Events(List<RevisionEvents> revisions, int weight) implements WatchInput {}

    /** All events of the watch at one revision. */
    record RevisionEvents(long revision, List<KeyChange> changes) {
        public int weight() {
            return changes.stream().mapToInt(KeyChange::weight).sum();
        }
    }

    /** Nothing more will come up to this revision, with it. */
    record Progress(long revision) implements WatchInput {}

    /** It has ended; nothing follows. */
    record Failed(Throwable cause) implements WatchInput {}
}
