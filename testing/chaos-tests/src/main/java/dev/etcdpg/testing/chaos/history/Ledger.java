package dev.etcdpg.testing.chaos.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The writers' record of their commits, in a table that no connector knows. A writer adds to the ledger in the transaction of its change,
 * after the row, while it holds the row's lock. So the ledger has exactly the committed changes, even if the answer to a commit was lost,
 * and the changes of a key are in order.
 */
public final class Ledger {
    private static final String INSERT =
            "insert into chaos.ledger (run, key, value) select ?, u.* from unnest(?::text[], ?::text[]) u";
    private static final String SELECT =
            "select id, tx::text, key, value from chaos.ledger where run = ? and id > ? order by id";

    private final String run;

    public Ledger(String run) {
        this.run = run;
    }

    public static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    create schema if not exists chaos;
                    create table if not exists chaos.ledger (
                      id bigint generated always as identity (cache 1) primary key,
                      run text not null,
                      tx xid8 not null default pg_current_xact_id(),
                      key text collate "C" not null,
                      value text);
                    create index if not exists ledger_run on chaos.ledger (run, id);
                    grant usage on schema chaos to public;
                    grant insert on chaos.ledger to public""");
        }
    }

    /** @param values shortened values; null for a deletion */
    public void note(Connection connection, List<String> keys, List<String> values) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, run);
            insert.setArray(2, connection.createArrayOf("text", keys.toArray()));
            insert.setArray(3, connection.createArrayOf("text", values.toArray()));
            insert.executeUpdate();
        }
    }

    /** Returns the changes of this run after an id, in the order of ids. */
    public List<Change> read(Connection connection, long after) throws SQLException {
        List<Change> all = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setString(1, run);
            select.setLong(2, after);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    all.add(new Change(row.getLong(1), row.getString(2), row.getString(3), row.getString(4)));
                }
            }
        }
        return all;
    }
}
