package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;

/**
 * The state of a key in etcd, as PostgreSQL last applied it.
 *
 * @param revision mod_revision; 0 if the key is absent
 * @param lease lease id; 0 for none
 */
public record Mirror(long epoch, long revision, Content content, long createRevision, long version, long lease) {

    /** Mirror of a key that was never seen. */
    public static final Mirror NEVER = new Mirror(0, 0, Content.ABSENT, 0, 0, 0);

    /** Returns the revision on which a change that is sent now is built. */
    public Revision base() {
        return new Revision(epoch, revision);
    }
}
