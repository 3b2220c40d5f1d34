package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Applied;
import dev.etcdpg.testing.chaos.history.Author;
import dev.etcdpg.testing.chaos.history.Change;
import dev.etcdpg.testing.chaos.history.EtcdEvent;
import dev.etcdpg.testing.chaos.history.EtcdHistory;
import dev.etcdpg.testing.chaos.history.Lost;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The evidence about one key: a writer in etcd creates the key, PostgreSQL updates and deletes it, and an insert of PostgreSQL loses to an
 * insert in etcd. Each test changes one part of the evidence.
 */
final class EvidenceStory {
    static final String KEY = "/config/k";
    static final long EPOCH = 7;
    static final long SINCE = 100;

    final List<EtcdEvent> events = new ArrayList<>();
    final List<Change> ledger = new ArrayList<>();
    final List<Applied> history = new ArrayList<>();
    final List<Lost> conflicts = new ArrayList<>();
    final List<Lost> published = new ArrayList<>();
    final List<Consumer<Delivered>> topic = new ArrayList<>();
    private long offset;

    static EvidenceStory told() {
        EvidenceStory story = new EvidenceStory();
        story.happened(101, "e1", 101, 1, Author.WRITER);
        story.committed(1, "tx1", "p1");
        story.happened(103, "p1", 101, 2, Author.SINK);
        story.committed(2, "tx2", null);
        story.happened(104, null, 0, 0, Author.SINK);
        story.committed(3, "tx3", "p3");
        story.happened(106, "e2", 106, 1, Author.WRITER);
        story.lost(3, "tx3", "p3", 0, 106);
        return story;
    }

    /** Adds an event to etcd, the topic and PostgreSQL. */
    void happened(long revision, String value, long created, long version, Author author) {
        events.add(new EtcdEvent(KEY, revision, value, created, version, 0, author));
        watched(revision);
        applied(revision, value, created, version, author == Author.SINK, false);
    }

    void watched(long revision) {
        long at = offset++;
        topic.add(delivered -> delivered.event(0, at, KEY, revision));
    }

    /** Adds an event to etcd alone. */
    void unseen(long revision, String value, long created, long version, Author author) {
        events.add(new EtcdEvent(KEY, revision, value, created, version, 0, author));
    }

    void compacted(long revision) {
        topic.add(delivered -> delivered.compacted(revision));
    }

    void page(long revision, String after, String through) {
        topic.add(delivered -> delivered.manifest(0, revision, after, through));
    }

    void found(String key, long snapshotRevision) {
        topic.add(delivered -> delivered.found(0, key, snapshotRevision));
    }

    void ended(long revision) {
        topic.add(delivered -> delivered.end(0, revision));
    }

    void applied(long revision, String value, long created, long version, boolean ours, boolean snapshot) {
        history.add(new Applied(KEY, EPOCH, revision, value != null, value, created, version, 0, ours, snapshot));
    }

    void committed(long id, String transaction, String value) {
        ledger.add(new Change(id, transaction, KEY, value));
    }

    void lost(long change, String transaction, String value, long base, long won) {
        Lost lost = new Lost(KEY, change, transaction, value, base, EPOCH, won, "etcd was changed", false);
        conflicts.add(lost);
        published.add(published(lost));
    }

    private static Lost published(Lost lost) {
        return new Lost(
                lost.key(),
                lost.change(),
                null,
                lost.value(),
                lost.baseRevision(),
                lost.wonEpoch(),
                lost.wonRevision(),
                lost.reason(),
                lost.late());
    }

    /** Marks a conflict as applied late, or not. */
    void late(int place) {
        Lost was = conflicts.get(place);
        Lost late = new Lost(
                was.key(),
                was.change(),
                was.transaction(),
                was.value(),
                was.baseRevision(),
                was.wonEpoch(),
                was.wonRevision(),
                was.reason(),
                true);
        conflicts.set(place, late);
        published.add(published(late));
    }

    List<String> check() {
        EtcdHistory recorded = new EtcdHistory(SINCE);
        events.forEach(recorded::add);
        Delivered delivered = new Delivered();
        topic.forEach(record -> record.accept(delivered));
        return new Evidence(recorded, ledger, history, conflicts, published, delivered, key -> 0, EPOCH, 10).check();
    }
}
