package dev.etcdpg.it;

import java.util.Map;

/**
 * What a record that is to have no effect could have changed: etcd's keys with their revisions, the revisions that PostgreSQL has seen (a new
 * epoch brings the same ones), and what it gave up. The table is as etcd once both sides are equal.
 */
record HostileEffects(Map<String, RawEtcd.Held> etcd, String history, long conflicts) {
    private static final String HISTORY =
            "select count(*) || ' revisions, ' || md5(string_agg(one, ' ' order by one collate \"C\")) from ("
                    + "select distinct key || ' ' || revision || ' ' || op || ' ' || md5(coalesce(value, '')) as one"
                    + " from etcd_sync.etcd_history) of";

    static HostileEffects of(HostileSystem system) {
        return new HostileEffects(
                system.etcd.all(system.prefix),
                system.table.query(HISTORY).get(0),
                system.table.number("select count(*) from etcd_sync.etcd_conflict"));
    }

    /** No values, and not all of them. */
    @Override
    public String toString() {
        return etcd.size() + " keys of etcd, last changed at "
                + etcd.values().stream()
                        .mapToLong(RawEtcd.Held::modRevision)
                        .max()
                        .orElse(0)
                + ", history of " + history + ", " + conflicts + " conflicts";
    }
}
