package dev.etcdpg.etcd.source.history;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.history.HistoryCheck.EventMatch;
import dev.etcdpg.etcd.source.offset.LastEvent;
import java.util.Optional;

/**
 * Compares the last event that was delivered with the state of etcd at the revision of the event. If etcd has compacted this revision, the
 * state at the last delivered revision tells the same, because no later event was delivered. If etcd has compacted that revision too, the
 * current state of the key may still tell, because the revision of a key never falls.
 */
public final class LastEventLookup {

    private final EtcdGateway etcd;

    LastEventLookup(EtcdGateway etcd) {
        this.etcd = etcd;
    }

    /**
     * @param delivered the revision through which everything was delivered
     * @throws EtcdFailure if etcd did not answer
     */
    EventMatch find(LastEvent event, long delivered) {
        try {
            return atItsRevision(event);
        } catch (EtcdFailure e) {
            return switch (e.kind()) {
                case COMPACTED -> later(event, delivered);
                case FUTURE -> EventMatch.DIFFERS;
                default -> throw e;
            };
        }
    }

    private EventMatch atItsRevision(LastEvent event) {
        boolean same = isStateAfter(event, event.revision());
        return match(same && (!event.isDelete() || lived(event.key(), event.revision() - 1)));
    }

    private EventMatch later(LastEvent event, long delivered) {
        if (delivered <= event.revision()) {
            return now(event);
        }
        try {
            return match(isStateAfter(event, delivered));
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                return now(event);
            }
            throw e;
        }
    }

    private EventMatch now(LastEvent event) {
        Optional<KeyChange> found = read(event.key(), 0);
        if (found.isEmpty()) {
            return EventMatch.UNKNOWN;
        }
        KeyChange row = found.get();
        if (event.isDelete()) {
            return row.createRevision() > event.revision() ? EventMatch.UNKNOWN : EventMatch.DIFFERS;
        }
        return row.modRevision() > event.revision() ? EventMatch.UNKNOWN : match(isResult(row, event));
    }

    /** Returns whether the key has the state at this revision that the event gave it. */
    private boolean isStateAfter(LastEvent event, long revision) {
        Optional<KeyChange> found = read(event.key(), revision);
        return event.isDelete()
                ? found.isEmpty()
                : found.filter(row -> isResult(row, event)).isPresent();
    }

    private static boolean isResult(KeyChange row, LastEvent event) {
        return row.modRevision() == event.revision()
                && LastEvent.hash(row.requireValue()).equals(event.hash());
    }

    /** Returns whether the key lived at this revision. Assumes that it did if etcd has compacted the revision. */
    private boolean lived(String key, long revision) {
        try {
            return read(key, revision).isPresent();
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                return true;
            }
            throw e;
        }
    }

    private Optional<KeyChange> read(String key, long revision) {
        return etcd.range("reading the last event that was delivered", KeySpan.single(key), revision, 1).keys().stream()
                .findFirst();
    }

    private static EventMatch match(boolean same) {
        return same ? EventMatch.MATCHES : EventMatch.DIFFERS;
    }
}
