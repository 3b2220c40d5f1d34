package dev.etcdpg.etcd.source.history;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.history.HistoryCheck.EventMatch;
import dev.etcdpg.etcd.source.offset.LastEvent;
import java.util.List;

/** Compares the last event that was delivered with the state of etcd at the revision of the event. */
public final class LastEventLookup {

    private final EtcdGateway etcd;

    LastEventLookup(EtcdGateway etcd) {
        this.etcd = etcd;
    }

    /** @throws EtcdFailure if etcd did not answer */
    EventMatch find(LastEvent event) {
        try {
            List<KeyChange> found = read(event.key(), event.revision());
            boolean matches = event.isDelete()
                    ? found.isEmpty() && lived(event.key(), event.revision() - 1)
                    : found.stream()
                            .anyMatch(row -> row.modRevision() == event.revision()
                                    && LastEvent.hash(row.requireValue()).equals(event.hash()));
            return matches ? EventMatch.MATCHES : EventMatch.DIFFERS;
        } catch (EtcdFailure e) {
            return switch (e.kind()) {
                case COMPACTED -> EventMatch.UNKNOWN;
                case FUTURE -> EventMatch.DIFFERS;
                default -> throw e;
            };
        }
    }

    /** Returns whether the key lived at this revision. Assumes that it did if etcd has compacted the revision. */
    private boolean lived(String key, long revision) {
        try {
            return !read(key, revision).isEmpty();
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                return true;
            }
            throw e;
        }
    }

    private List<KeyChange> read(String key, long revision) {
        return etcd.range("reading the last event that was delivered", KeySpan.single(key), revision, 1)
                .keys();
    }
}
