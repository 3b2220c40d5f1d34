package dev.etcdpg.testing.chaos.history;

/**
 * One change of a row that was committed, as its writer noted it in the same transaction.
 *
 * @param id of a key, ids follow the order of commits
 * @param transaction PostgreSQL's id of it
 * @param value shortened by {@link Values}, null for a deletion. Of a key no value is used twice
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
