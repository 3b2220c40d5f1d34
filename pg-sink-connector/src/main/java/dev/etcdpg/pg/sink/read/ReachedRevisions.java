package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers the highest revision that a record of each sender has named. Everything of the sender's range before this revision has been taken
 * from the topic: a sender sends events in the order of revisions, and a page of a snapshot after the events up to its revision.
 */
final class ReachedRevisions {

    private final Map<KeyRange, Revision> revisions;

    ReachedRevisions() {
        this(Map.of());
    }

    private ReachedRevisions(Map<KeyRange, Revision> revisions) {
        this.revisions = new HashMap<>(revisions);
    }

    ReachedRevisions copy() {
        return new ReachedRevisions(revisions);
    }

    void add(Chain sender, Revision at) {
        revisions.merge(sender.range(), at, (one, other) -> other.isAfter(one) ? other : one);
    }

    /** Returns the revision of a sender; {@link Revision#NONE} before its first record. */
    Revision of(KeyRange range) {
        return revisions.getOrDefault(range, Revision.NONE);
    }

    /** Returns the highest revision of all senders; empty before the first record. */
    Optional<Revision> highest() {
        return revisions.values().stream().max(Comparator.naturalOrder());
    }
}
