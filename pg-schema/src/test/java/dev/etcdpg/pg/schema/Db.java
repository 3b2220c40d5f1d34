package dev.etcdpg.pg.schema;

import dev.etcdpg.pg.client.ConnectionFactory;
import dev.etcdpg.testing.kit.TestDatabase;
import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.servers.PostgresVersion;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens a session in a database of its own. The database is on the version of PostgreSQL that this run tests. Threads must not share a
 * session.
 */
final class Db implements AutoCloseable {

    static final PostgresVersion VERSION = PostgresVersion.valueOf(
            System.getProperty("etcdpg.postgres", "high").toUpperCase(Locale.ROOT));

    private final TestDatabase session;
    final String database;
    final Connection connection;

    private Db(TestDatabase session) {
        this.session = session;
        this.database = session.name();
        this.connection = session.connection();
    }

    static Postgres server() {
        return Postgres.shared(VERSION);
    }

    /** Creates an empty database without the bookkeeping schema. */
    static Db empty() {
        return new Db(TestDatabase.create(server(), "schema"));
    }

    /**
     * Creates a database with the bookkeeping schema, and with route app of prefix /a/ in public.app. The first snapshot of the route has ended
     * in epoch 10.
     */
    static Db installed() {
        return open(copyOf(Templates.INSTALLED));
    }

    static Db migrated() {
        return open(copyOf(Templates.MIGRATED));
    }

    private static Db open(String database) {
        return new Db(TestDatabase.open(server(), database));
    }

    /** Copies a database. A copy takes much less time than the migrations. */
    private static String copyOf(String template) {
        String database = template + "_" + COPIES.incrementAndGet();
        server().execute("postgres", "create database " + database + " template " + template);
        return database;
    }

    private static final AtomicInteger COPIES = new AtomicInteger();

    private static final class Templates {
        private static final String MIGRATED;
        private static final String INSTALLED;

        static {
            try (Db db = empty()) {
                db.migrate();
                MIGRATED = db.database;
            }
            INSTALLED = copyOf(MIGRATED);
            try (Db db = open(INSTALLED)) {
                db.run("select etcd_install('app', '/a/')");
                db.endSnapshot(10);
            }
        }
    }

    void migrate() {
        try {
            Migrations.apply(
                    new ConnectionFactory(server().jdbcUrl(database), server().user(), server().password()),
                    "etcd_sync");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Opens another session in the same database. */
    Db another() {
        return new Db(session.another());
    }

    /** Ends a snapshot as the sink does when an end mark arrives in each of four partitions. */
    void endSnapshot(long epoch) {
        run(
                "insert into etcd_snapshot (route, partition, after_key, through_key, epoch, revision, request_id, partitions)"
                        + " select 'app', p, '', '', " + epoch + ", 1, 0, 4 from generate_series(0, 3) p"
                        + " on conflict (route, partition, after_key, through_key) do update set epoch = excluded.epoch");
        run("select etcd_enqueue_pending('app', p, '', '') from generate_series(0, 3) p");
    }

    /** Runs one statement or several, and ignores their rows. */
    void run(String sql) {
        session.run(sql);
    }

    void begin() {
        session.begin();
    }

    void commit() {
        session.commit();
    }

    void rollback() {
        session.rollback();
    }

    /** Returns rows as {@link TestDatabase#rows} does. */
    List<String> rows(String sql, Object... parameters) {
        return session.rows(sql, parameters);
    }

    String one(String sql, Object... parameters) {
        return session.one(sql, parameters);
    }

    long number(String sql, Object... parameters) {
        return session.number(sql, parameters);
    }

    /** Dispatches until a call leaves no work. Returns the count of the numbers that dispatch assigned. */
    long dispatch() {
        return dispatch(1000, 10);
    }

    long dispatch(int maxKeys, int conflateAfter) {
        long numbered = 0;
        String[] answer;
        do {
            answer = one("select numbered, more from etcd_dispatch(?, ?)", maxKeys, conflateAfter)
                    .split(" ");
            numbered += Long.parseLong(answer[0]);
        } while (answer[1].equals("t"));
        return numbered;
    }

    /** Returns the changes that are in flight or held, as "key op value base". */
    List<String> inflight() {
        return rows(
                "select key, sent_op, sent_value, base_revision from etcd_mirror where status is not null order by key");
    }

    List<String> wal() {
        return rows("select key, op, value from etcd_wal order by key, id");
    }

    List<String> pending() {
        return rows("select key, op, value, status from etcd_pending order by key, id");
    }

    /**
     * Applies a value that etcd has at a revision, as the sink does for a key without pending changes. Null means that the key is absent.
     */
    void mirror(String key, String value, long epoch, long revision) {
        begin();
        run("set local etcd_sync.applying = 'on'");
        rows(
                "insert into etcd_mirror (route, key, epoch, revision, value_hash, create_revision, version, applied_epoch, applied_revision)"
                        + " values ('app', ?, ?, ?, sha256(convert_to(?, 'UTF8')), ?, 1, ?, ?)"
                        + " on conflict (route, key) do update set epoch = excluded.epoch, revision = excluded.revision,"
                        + " value_hash = excluded.value_hash, create_revision = excluded.create_revision, version = 1,"
                        + " applied_revision = excluded.applied_revision returning 1",
                key,
                epoch,
                value == null ? 0 : revision,
                value,
                revision,
                epoch,
                revision);
        rows(
                "insert into etcd_history (route, key, epoch, revision, op, value, origin) values ('app', ?, ?, ?, ?, ?, 'etcd')"
                        + " returning 1",
                key,
                epoch,
                revision,
                value == null ? "delete" : "put",
                value);
        if (value == null) {
            rows("delete from app where key = ? returning 1", key);
        } else {
            rows(
                    "insert into app (key, value, create_revision, mod_revision, version) values (?, ?, ?, ?, 1)"
                            + " on conflict (key) do update set value = excluded.value, create_revision = excluded.create_revision,"
                            + " mod_revision = excluded.mod_revision, version = 1"
                            + " returning 1",
                    key,
                    value,
                    revision,
                    revision);
        }
        commit();
    }

    /**
     * Applies an event of etcd that carries the change in flight, as the sink does. The sink settles the change and wakes the changes that wait
     * behind the change.
     */
    void confirm(String key, long revision) {
        begin();
        confirmLocked(key, revision);
        commit();
    }

    /** Does the same as {@link #confirm} in the present transaction. */
    void confirmLocked(String key, long revision) {
        run("set local etcd_sync.applying = 'on'");
        rows("select from etcd_mirror where route = 'app' and key = ? for update", key);
        rows(
                "delete from etcd_wal w using etcd_mirror m where m.route = 'app' and m.key = ? and w.route = m.route"
                        + " and w.key = m.key and w.id <= m.change_id returning 1",
                key);
        rows(
                "update etcd_mirror set epoch = base_epoch, revision = case sent_op when 'put' then ?::bigint else 0 end,"
                        + " value_hash = sent_hash, applied_epoch = base_epoch, applied_revision = ?, version = 1, settled_id = change_id, status = null,"
                        + " change_id = null, sent_op = null, sent_value = null, sent_hash = null, send_number = null, probe_number = null,"
                        + " next_action = null, base_epoch = null, base_revision = null where route = 'app' and key = ? and status is not null"
                        + " returning 1",
                revision,
                revision,
                key);
        rows(
                "update app set mod_revision = m.revision, create_revision = m.create_revision, version = m.version from etcd_mirror m"
                        + " where m.key = app.key and app.key = ? and not exists (select from etcd_wal w where w.key = app.key)"
                        + " returning 1",
                key);
        run(
                "insert into etcd_dispatch_queue (route, key) select distinct w.route, w.key from etcd_wal w where w.key = '"
                        + key.replace("'", "''") + "'");
    }

    /** Executes a migration file as psql would. */
    void load(String file) {
        try (var in = Migrations.class.getResourceAsStream("/" + Migrations.LOCATION + "/" + file)) {
            run(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    int backend() {
        return session.backend();
    }

    @Override
    public void close() {
        session.close();
    }
}
