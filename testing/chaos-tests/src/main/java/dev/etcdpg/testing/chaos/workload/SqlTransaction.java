package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.chaos.history.Ledger;
import dev.etcdpg.testing.chaos.history.Values;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A transaction on the mirrored table. Each statement adds its changes to the ledger. */
public final class SqlTransaction {
    private static final String TABLE = "public.etcd";
    private static final String UPSERT = "insert into " + TABLE + " as t (key, value) values (?, ?)"
            + " on conflict (key) do update set value = excluded.value where t.value <> excluded.value";
    private static final String INSERT =
            "insert into " + TABLE + " (key, value) values (?, ?) on conflict (key) do nothing";
    private static final String UPDATE = "update " + TABLE + " set value = ? where key = ?";
    private static final String DELETE = "delete from " + TABLE + " where key = ?";
    private static final String LOCK = "select key from " + TABLE + " where key = any (?) order by key desc for update";
    private static final String UPSERT_MANY = "insert into " + TABLE + " (key, value)"
            + " select u.key, u.value from unnest(?::text[], ?::text[]) u (key, value) order by u.key desc"
            + " on conflict (key) do update set value = excluded.value";
    private static final String LOCK_ONE = "select value from " + TABLE + " where key = ? for update";
    private static final String RENAME = "update " + TABLE + " set key = ?, value = ? where key = ?"
            + " and not exists (select from " + TABLE + " where key = ?)";

    private final Connection connection;
    private final Ledger ledger;
    private long changes;

    SqlTransaction(Connection connection, Ledger ledger) {
        this.connection = connection;
        this.ledger = ledger;
    }

    void upsert(String key, String value) throws SQLException {
        note(execute(UPSERT, key, value), key, value);
    }

    void insert(String key, String value) throws SQLException {
        note(execute(INSERT, key, value), key, value);
    }

    void update(String key, String value) throws SQLException {
        note(execute(UPDATE, value, key), key, value);
    }

    void delete(String key) throws SQLException {
        note(execute(DELETE, key), key, null);
    }

    /** Inserts or updates several rows in one statement, and locks them in descending order. */
    void upsertMany(List<String> keys, List<String> values) throws SQLException {
        execute(UPSERT_MANY, array(keys), array(values));
        ledger.note(connection, keys, values.stream().map(Values::shortened).toList());
        changes += keys.size();
    }

    /** Locks several rows in descending order and deletes them in one statement. */
    void deleteMany(List<String> keys) throws SQLException {
        List<String> locked = new ArrayList<>();
        try (PreparedStatement lock = prepare(LOCK, array(keys));
                var rows = lock.executeQuery()) {
            while (rows.next()) {
                locked.add(rows.getString(1));
            }
        }
        for (String key : locked) {
            delete(key);
        }
    }

    /** Locks a row, and returns its value; null if there is no row. */
    String lock(String key) throws SQLException {
        try (PreparedStatement lock = prepare(LOCK_ONE, key);
                var row = lock.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** Gives a row another key, and possibly another value, if the key is free. */
    void rename(String from, String to, String value) throws SQLException {
        if (execute(RENAME, to, value, from, to) > 0) {
            ledger.note(connection, Arrays.asList(from, to), Arrays.asList(null, Values.shortened(value)));
            changes += 2;
        }
    }

    Savepoint savepoint() throws SQLException {
        return connection.setSavepoint();
    }

    void rollback(Savepoint savepoint) throws SQLException {
        connection.rollback(savepoint);
    }

    /** The number of rows changed so far. */
    long changes() {
        return changes;
    }

    private void note(int rows, String key, String value) throws SQLException {
        if (rows > 0) {
            ledger.note(connection, List.of(key), Arrays.asList(Values.shortened(value)));
            changes++;
        }
    }

    private int execute(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }

    private Array array(List<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }
}
