package dev.etcdpg.testing.protocol.postgres;

import dev.etcdpg.core.Revision;

/** Knows which local change wrote a revision of etcd. */
public interface Authors {

    /** Returns the id of the local change, or 0 if no local change wrote the revision or if a gap may hide its author. */
    long change(Revision at);
}
