package dev.etcdpg.testing.it;

import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The mirrored table as bytes: each byte of a key or value is a character (ISO 8859-1). */
final class HostileTable {
    private static final String INSERT =
            "insert into etcd (key, value) values (convert_from(?, 'UTF8'), convert_from(?, 'UTF8'))";
    private static final String UPSERT = INSERT + " on conflict (key) do update set value = excluded.value";

    private final Postgres postgres;
    private final String database;

    HostileTable(Postgres postgres, String database) {
        this.postgres = postgres;
        this.database = database;
    }

    /** Inserts each entry in a transaction of its own, and returns the errors of the refused entries. */
    Map<HostileEntry, String> upsert(List<HostileEntry> entries) {
        return each(UPSERT, entries);
    }

    /** Each in a transaction of its own; each key has a row. */
    void update(List<HostileEntry> entries) {
        try (Connection connection = postgres.connect(database);
                PreparedStatement statement = connection.prepareStatement(
                        "update etcd set value = convert_from(?, 'UTF8') where key = convert_from(?, 'UTF8')")) {
            connection.createStatement().execute("set synchronous_commit = off");
            for (HostileEntry entry : entries) {
                statement.setBytes(1, HostileEntry.bytes(entry.value()));
                statement.setBytes(2, HostileEntry.bytes(entry.key()));
                one(statement, entry.key());
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static void one(PreparedStatement statement, String key) throws SQLException {
        int rows = statement.executeUpdate();
        if (rows != 1) {
            throw new IllegalStateException(rows + " rows, and not one, of key " + HostileEntry.text(key));
        }
    }

    private Map<HostileEntry, String> each(String sql, List<HostileEntry> entries) {
        Map<HostileEntry, String> refused = new LinkedHashMap<>();
        try (Connection connection = postgres.connect(database);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            connection.createStatement().execute("set synchronous_commit = off");
            for (HostileEntry entry : entries) {
                statement.setBytes(1, HostileEntry.bytes(entry.key()));
                statement.setBytes(2, HostileEntry.bytes(entry.value()));
                try {
                    statement.executeUpdate();
                } catch (SQLException e) {
                    refused.put(entry, e.getMessage());
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return refused;
    }

    void execute(String sql) {
        postgres.execute(database, sql);
    }

    long number(String sql) {
        return Long.parseLong(postgres.query(database, sql).get(0));
    }

    List<String> query(String sql) {
        return postgres.query(database, sql);
    }

    long pending() {
        return number("select count(*) from etcd_sync.etcd_pending");
    }

    /** Each in a transaction of its own; each key has a row. */
    void delete(List<String> keys) {
        try (Connection connection = postgres.connect(database);
                PreparedStatement statement =
                        connection.prepareStatement("delete from etcd where key = convert_from(?, 'UTF8')")) {
            connection.createStatement().execute("set synchronous_commit = off");
            for (String key : keys) {
                statement.setBytes(1, HostileEntry.bytes(key));
                one(statement, key);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    Map<String, RawEtcd.Held> all() {
        try (Connection connection = postgres.connect(database);
                PreparedStatement statement = connection.prepareStatement(
                        "select convert_to(key, 'UTF8'), convert_to(value, 'UTF8'), mod_revision, lease from etcd");
                ResultSet row = statement.executeQuery()) {
            Map<String, RawEtcd.Held> all = new HashMap<>();
            while (row.next()) {
                all.put(
                        HostileEntry.of(row.getBytes(1)),
                        new RawEtcd.Held(HostileEntry.of(row.getBytes(2)), row.getLong(3), row.getLong(4)));
            }
            return all;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
