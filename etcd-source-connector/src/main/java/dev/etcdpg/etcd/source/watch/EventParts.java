package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.source.watch.WatchInput.RevisionEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Divides the events of a response into inputs that each fit into the memory. An input ends at the end of a revision, unless the revision alone
 * is too large. Not thread-safe.
 */
final class EventParts {

    /** Weight of the events at which an input is complete. */
    static final int WEIGHT = 1_000;

    private final Consumer<? super WatchInput.Events> inputs;
    private final List<RevisionEvents> whole = new ArrayList<>();
    private int wholeWeight;
    /** The events of the revision that was added last. */
    private List<KeyChange> changes = new ArrayList<>();

    private int weight;
    private long revision;

    EventParts(Consumer<? super WatchInput.Events> inputs) {
        this.inputs = inputs;
    }

    /** Adds an event. Events are added in the order of their revisions. */
    void add(KeyChange change) {
        if (change.modRevision() != revision) {
            endRevision();
            revision = change.modRevision();
        }
        if (weight >= WEIGHT) {
            endInput(false);
        }
        changes.add(change);
        weight += change.weight();
    }

    /** Hands on what remains. The events of all revisions are complete. */
    void end() {
        endRevision();
        if (!whole.isEmpty()) {
            handOn();
        }
    }

    private void endRevision() {
        if (!changes.isEmpty()) {
            endInput(true);
        }
    }

    private void endInput(boolean last) {
        whole.add(new RevisionEvents(revision, changes, last));
        wholeWeight += weight;
        changes = new ArrayList<>();
        weight = 0;
        if (!last || wholeWeight >= WEIGHT) {
            handOn();
        }
    }

    private void handOn() {
        inputs.accept(new WatchInput.Events(List.copyOf(whole), wholeWeight));
        whole.clear();
        wholeWeight = 0;
    }
}
