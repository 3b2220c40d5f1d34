package dev.etcdpg.testing.chaos.history;

/**
 * A committed change of a row, from the ledger.
 *
 * @param id the ids of a key are in the order of commits
 * @param transaction PostgreSQL's transaction id
 * @param value shortened by {@link Values}, null for a deletion; no two changes of a key have the same value
 */
public record Change(long id, String transaction, String key, String value) {
    public boolean isDelete() {
        return value == null;
    }

    @Override
    public String toString() {
        return Values.shown(value) + " of " + key + " (ledger " + id + ", transaction " + transaction + ")";
    }
}
