package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;

/**
 * What etcd holds of a key, as far as PostgreSQL has applied it.
 *
 * @param revision mod_revision, 0 when absent
 * @param lease lease id, 0 without
 */
public record Mirror(long epoch, long revision, Content content, long createRevision, long version, long lease) {

    /** Of a key that was never seen. */
    public static final Mirror NEVER = new Mirror(0, 0, Content.ABSENT, 0, 0, 0);

    /** What a change sent now would be built on. */
    public Revision base() {
        return new Revision(epoch, revision);
    }
}
