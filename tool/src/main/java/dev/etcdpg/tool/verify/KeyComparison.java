package dev.etcdpg.tool.verify;

import dev.etcdpg.core.Revision;
import dev.etcdpg.tool.compare.Finding;
import dev.etcdpg.tool.compare.Judge;
import dev.etcdpg.tool.compare.PostgresKey;

/** Compares single keys at the revision that PostgreSQL has applied. */
final class KeyComparison {

    private final PostgresSnapshot postgres;
    private final EtcdPast etcd;

    KeyComparison(PostgresSnapshot postgres, EtcdPast etcd) {
        this.postgres = postgres;
        this.etcd = etcd;
    }

    /**
     * Judges a key as of the later one of two points: the last event of the key that was applied, and the last revision whose events are all
     * applied. If etcd has compacted the revision, the key counts as different, and a later comparison can tell.
     */
    Finding atApplied(PostgresKey key) {
        Revision reached = postgres.reached().of(key.key());
        Revision applied = key.applied().epoch() == reached.epoch() ? key.applied() : Revision.NONE;
        long revision = Math.max(reached.revision() - 1, applied.revision());
        if (revision <= 0) {
            return Judge.judge(null, key);
        }
        try {
            return Judge.judge(etcd.at(key.key(), revision), key);
        } catch (EtcdPast.CompactedException e) {
            return Finding.MIRROR_DIFFERS;
        }
    }
}
