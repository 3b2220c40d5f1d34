package dev.etcdpg.etcd.source.watch;

import org.jspecify.annotations.Nullable;

/**
 * The end of a session.
 *
 * @param gap reason why the events after the session can only come from a snapshot; null if the next session can continue where this one ended
 * @param compacted whether etcd has compacted the next revision
 */
public record SessionEnd(@Nullable String gap, boolean compacted) {

    static final SessionEnd WITHOUT_GAP = new SessionEnd(null, false);

    static SessionEnd withGap(String reason) {
        return new SessionEnd(reason, false);
    }

    static SessionEnd compacted(String reason) {
        return new SessionEnd(reason, true);
    }
}
