package dev.etcdpg.pg.source;

import dev.etcdpg.pg.client.ConnectionFactory;
import dev.etcdpg.pg.schema.Migrations;
import dev.etcdpg.testing.kit.TestDatabase;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Creates a database of its own with route app (prefix /a/) in public.app. The class also does the work of the PostgreSQL sink in this
 * database.
 */
final class SourceDatabase implements AutoCloseable {

    static final Postgres SERVER = Postgres.shared();

    private final TestDatabase database = TestDatabase.create(SERVER, "source");
    final String name = database.name();

    static SourceDatabase installed() {
        SourceDatabase database = new SourceDatabase();
        database.install();
        return database;
    }

    static SourceDatabase empty() {
        return new SourceDatabase();
    }

    void install() {
        try {
            Migrations.apply(
                    new ConnectionFactory(SERVER.jdbcUrl(name), SERVER.user(), SERVER.password()), "etcd_sync");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        run("select etcd_install('app', '/a/')");
        run("insert into etcd_snapshot select 'app', p, '', '', 10, 1, 0, 4 from generate_series(0, 3) p");
    }

    Connection connect() {
        return database.connect();
    }

    Map<String, String> settings() {
        return database.settings();
    }

    void put(String key, String value) {
        rows(
                "insert into app (key, value) values (?, ?) on conflict (key) do update set value = excluded.value returning 1",
                key,
                value);
    }

    /**
     * Settles the change in flight, as the sink does when etcd has accepted the change. Queues the key and notifies the source if another
     * change waits behind the change.
     */
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
        database.run(sql);
    }

    /** Returns rows as {@link TestDatabase#rows} does. */
    List<String> rows(String sql, Object... parameters) {
        return database.rows(sql, parameters);
    }

    /** Returns all rows as lines of one text. */
    String one(String sql, Object... parameters) {
        return String.join("\n", rows(sql, parameters));
    }

    @Override
    public void close() {
        database.close();
    }
}
