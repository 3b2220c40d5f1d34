package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;

/**
 * What etcd holds of a key, as PostgreSQL has applied it last.
 *
 * @param revision mod_revision; 0 if the key is absent
 * @param lease lease id; 0 for none
 */
public record Mirror(long epoch, long revision, Content content, long createRevision, long version, long lease) {

    /** Mirror of a key that was never seen. */
    public static final Mirror NEVER = new Mirror(0, 0, Content.ABSENT, 0, 0, 0);

    /** Revision that a change sent now is built on. */
    public Revision base() {
        return new Revision(epoch, revision);
    }
}
