package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.source.decide.KeyChange;
import dev.etcdpg.etcd.source.decide.SourceOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Requests that a snapshot answers. Their keys are removed when the end of that snapshot is committed; until then a restart finds them and
 * answers them again. Not thread-safe.
 */
final class AnsweredRequests {

    private final Map<Long, KeyChange> byRevision = new LinkedHashMap<>();
    private long committed;

    void add(KeyChange request) {
        byRevision.put(request.modRevision(), request);
    }

    /** Whether it is worth to look at the offset that is stored. */
    boolean isEmpty() {
        return byRevision.isEmpty();
    }

    /** This offset is stored. */
    void stored(Map<String, ?> offset) {
        committed = SourceOffset.requestsAnswered(offset);
    }

    void committedThrough(long revision) {
        committed = revision;
    }

    /** Forgets what belongs to another history. */
    void clear() {
        byRevision.clear();
        committed = 0;
    }

    boolean isDue() {
        return byRevision.keySet().stream().anyMatch(revision -> revision <= committed);
    }

    /** Removes what is due. */
    void remove(EtcdReader etcd) {
        for (KeyChange request = next(); request != null; request = next()) {
            etcd.removeRequest(request);
            done(request);
        }
    }

    private KeyChange next() {
        return byRevision.values().stream()
                .filter(request -> request.modRevision() <= committed)
                .findFirst()
                .orElse(null);
    }

    private void done(KeyChange request) {
        byRevision.remove(request.modRevision());
    }
}
