package dev.etcdpg.pg.source;

import dev.etcdpg.pg.schema.Migrations;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A database of its own with route app (prefix /a/) in public.app, and what the PostgreSQL sink would do to it. */
final class Database implements AutoCloseable {

    static final Postgres SERVER = Postgres.shared();

    final String name = SERVER.newDatabase("source");
    private final Connection connection = connect();

    static Database installed() {
        Database database = new Database();
        database.install();
        return database;
    }

    static Database empty() {
        return new Database();
    }

    void install() {
        try {
            Migrations.apply(SERVER.jdbcUrl(name), SERVER.user(), SERVER.password(), "etcd_sync");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        run("select etcd_install('app', '/a/')");
        run("insert into etcd_snapshot select 'app', p, '', '', 10, 1, 0, 4 from generate_series(0, 3) p");
    }

    Connection connect() {
        try {
            Properties properties = new Properties();
            properties.setProperty("user", SERVER.user());
            properties.setProperty("password", SERVER.password());
            properties.setProperty("currentSchema", "etcd_sync,public");
            return DriverManager.getConnection(SERVER.jdbcUrl(name), properties);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("connection.url", SERVER.jdbcUrl(name));
        settings.put("connection.user", SERVER.user());
        settings.put("connection.password", SERVER.password());
        return settings;
    }

    void put(String key, String value) {
        rows(
                "insert into app (key, value) values (?, ?) on conflict (key) do update set value = excluded.value returning 1",
                key,
                value);
    }

    /** etcd took what is in flight: the sink settles it, and wakes and notifies if something waits behind it. */
    void confirm(String key, long revision) {
        run("begin");
        run("set local etcd_sync.applying = 'on'");
        rows("select from etcd_mirror where key = ? for update", key);
        rows(
                "delete from etcd_wal w using etcd_mirror m where m.key = ? and w.route = m.route and w.key = m.key"
                        + " and w.id <= m.change_id returning 1",
                key);
        rows(
                "update etcd_mirror set epoch = base_epoch, revision = case sent_op when 'put' then ?::bigint else 0 end,"
                        + " value_hash = sent_hash, settled_id = change_id, status = null, change_id = null, sent_op = null,"
                        + " sent_value = null, sent_hash = null, send_number = null, probe_number = null, next_action = null, base_epoch = null,"
                        + " base_revision = null where key = ? and status is not null returning 1",
                revision,
                key);
        if (!rows(
                        "insert into etcd_dispatch_queue (route, key) select distinct route, key from etcd_wal where key = ? returning 1",
                        key)
                .isEmpty()) {
            run("select etcd_notify()");
        }
        run("commit");
    }

    void run(String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Rows, their columns joined by a space; null is "-". */
    List<String> rows(String sql, Object... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<String> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= columns; i++) {
                        row.add(result.getString(i) == null ? "-" : result.getString(i));
                    }
                    rows.add(String.join(" ", row));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    String one(String sql, Object... parameters) {
        return String.join("\n", rows(sql, parameters));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
