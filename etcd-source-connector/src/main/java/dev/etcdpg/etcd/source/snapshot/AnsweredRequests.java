package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.bookkeeping.BookkeepingNotice;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.Ranges;
import dev.etcdpg.etcd.source.offset.SourceOffset;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.store.RequestStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Requests that a snapshot answers, as far as they concern this range. Their keys are removed when the end of that snapshot is committed, and
 * when all ranges of the route have come so far; until then a restart finds them and does the same again. Not thread-safe.
 */
public final class AnsweredRequests {

    private record Answered(KeyChange key, BookkeepingNotice.Request request) {}

    private final Scope scope;
    private final Map<Long, Answered> byRevision = new LinkedHashMap<>();
    private long committed;

    public AnsweredRequests(Scope scope) {
        this.scope = scope;
    }

    public void add(KeyChange key, BookkeepingNotice.Request request) {
        byRevision.put(key.modRevision(), new Answered(key, request));
    }

    /** Whether it is worth to look at the offset that is stored. */
    public boolean isEmpty() {
        return byRevision.isEmpty();
    }

    /** This offset is stored. @param epoch in force */
    public void stored(Map<String, ?> offset, long epoch) {
        committed = SourceOffset.requestsAnswered(offset, epoch);
    }

    public void committedThrough(long revision) {
        committed = revision;
    }

    /** Forgets what belongs to another history. */
    public void clear() {
        byRevision.clear();
        committed = 0;
    }

    public boolean isDue() {
        return byRevision.keySet().stream().anyMatch(revision -> revision <= committed);
    }

    /** Removes what is due. */
    public void remove(RequestStore requests) {
        for (Answered next = next(); next != null; next = next()) {
            KeyRange asked = next.request.range();
            List<KeyRange> concerned = scope.siblings().stream()
                    .filter(range -> Ranges.intersection(range, asked).isPresent())
                    .toList();
            requests.remove(next.key, next.request.number(), scope.range(), concerned);
            byRevision.remove(next.key.modRevision());
        }
    }

    private Answered next() {
        return byRevision.values().stream()
                .filter(answered -> answered.key.modRevision() <= committed)
                .findFirst()
                .orElse(null);
    }
}
