package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Outcome;
import org.jspecify.annotations.Nullable;

/** A statement of a record about one key. */
public sealed interface Input {

    Revision at();

    /** Returns whether the row of the key may have to be deleted because of this input. */
    boolean mayDeleteRow();

    /**
     * etcd holds this content.
     *
     * @param at revision at which the key changed last
     * @param value null unless {@code content} is a value
     * @param snapshotRevision revision at which a snapshot read the key; 0 for an event of the watch
     */
    record Observed(
            Revision at,
            Content content,
            @Nullable String value,
            long createRevision,
            long version,
            long lease,
            long snapshotRevision)
            implements Input {

        public static Observed absent(Revision at, long snapshotRevision) {
            return new Observed(at, Content.ABSENT, null, 0, 0, 0, snapshotRevision);
        }

        public static Observed unrepresentable(Revision at, long lease, long snapshotRevision) {
            return new Observed(at, Content.UNREPRESENTABLE, null, 0, 0, lease, snapshotRevision);
        }

        @Override
        public boolean mayDeleteRow() {
            return !content.isValue();
        }

        public boolean isSnapshot() {
            return snapshotRevision != 0;
        }

        Mirror mirror() {
            return new Mirror(
                    at.epoch(), content.isLive() ? at.revision() : 0, content, createRevision, version, lease);
        }
    }

    /**
     * The etcd sink reports the outcome of the change with send number {@code of} of database {@code origin}.
     *
     * @param reason null if there is none
     */
    record Answered(Revision at, String origin, long of, Outcome outcome, @Nullable String reason) implements Input {

        @Override
        public boolean mayDeleteRow() {
            return outcome == Outcome.PROCESSED;
        }
    }

    /**
     * A snapshot has read the range of the key.
     *
     * @param at revision of the snapshot
     * @param listed whether the snapshot lists the key among the live keys
     */
    record Read(Revision at, boolean listed) implements Input {

        @Override
        public boolean mayDeleteRow() {
            return !listed;
        }
    }
}
