package dev.etcdpg.testing.protocol.postgres.server;

import dev.etcdpg.core.Revision;
import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import dev.etcdpg.testing.protocol.postgres.Authors;
import dev.etcdpg.testing.protocol.postgres.PostgresSide;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.Run;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** A real PostgreSQL. Its triggers and functions and the sink's own SQL decide. Its clock is the real time, not the time of the history. */
public final class RealPostgres implements PostgresSide {

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private record Entry(String key, long revision, long epoch) {}

    private final RealDatabase database;
    private final Run run;
    private final Authors authors;
    private final Connection app;
    private final Connection opener;
    private final List<AutoCloseable> tasks = new ArrayList<>();
    private final Map<Long, Write> committed = new TreeMap<>();
    /** The history at each pruning, with the entries that it has removed. */
    private final Map<Entry, Optional<String>> allHistory = new HashMap<>();

    private List<Write> opened = List.of();
    private boolean open;

    public RealPostgres(RealDatabase database, Run run, Authors authors) {
        this.database = database;
        this.run = run;
        this.authors = authors;
        this.app = database.app();
        this.opener = database.opener();
        database.empty();
    }

    @Override
    public String origin() {
        return query("select origin from etcd_database", row -> row.getString(1))
                .get(0);
    }

    @Override
    public String database() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PostgresSide copy() {
        throw new UnsupportedOperationException("a copy of a database takes seconds");
    }

    @Override
    public void acceptSource(String name) {
        query("select etcd_accept_source('etcd.etcd', '" + name + "')", row -> 0);
    }

    @Override
    public void becomeOriginal() {
        throw new UnsupportedOperationException();
    }

    // ---- applications

    @Override
    public void transact(List<Write> writes) {
        try {
            app.setAutoCommit(false);
            List<Write> changes = new ArrayList<>();
            for (Write write : writes) {
                if (write(app, write)) {
                    changes.add(write);
                }
            }
            Map<Long, Write> ids = captured(app, changes);
            app.commit();
            committed.putAll(ids);
            app.setAutoCommit(true);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        run.say("sql: " + writes);
    }

    /** @return whether the write changes the row */
    private static boolean write(Connection connection, Write write) throws SQLException {
        String before;
        try (PreparedStatement statement = connection.prepareStatement("select value from public.etcd where key = ?")) {
            statement.setString(1, write.key());
            try (ResultSet row = statement.executeQuery()) {
                before = row.next() ? row.getString(1) : null;
            }
        }
        String sql = write.value() == null
                ? "delete from public.etcd where key = ?"
                : "insert into public.etcd (key, value) values (?, ?) on conflict (key) do update set value = excluded.value";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, write.key());
            if (write.value() != null) {
                statement.setString(2, write.value());
            }
            statement.executeUpdate();
        }
        return !Objects.equals(before, write.value());
    }

    /**
     * Returns the changes that the trigger captured in this transaction, by id. Must be called before the commit. A change that is missing or
     * out of order is a violation.
     */
    private Map<Long, Write> captured(Connection connection, List<Write> changes) throws SQLException {
        Map<Long, Write> captured = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select id, key, value from etcd_wal where txid = pg_current_xact_id_if_assigned()")) {
            while (row.next()) {
                captured.put(row.getLong(1), new Write(row.getString(2), row.getString(3)));
            }
        }
        if (!List.copyOf(captured.values()).equals(changes)) {
            run.wrong.add("unreported: the trigger made " + captured + " of " + changes);
        }
        return captured;
    }

    @Override
    public List<String> outcomes() {
        List<OutcomeLog.Entry> log = query(
                "select txid, what, key, change, content from public.model_log order by seq",
                row -> new OutcomeLog.Entry(
                        row.getLong(1),
                        OutcomeLog.What.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
                        row.getString(3),
                        row.getLong(4),
                        row.getString(5)));
        Set<Long> waiting = new TreeSet<>(query("select id from etcd_wal", row -> row.getLong(1)));
        return OutcomeLog.judge(log, committed.keySet(), waiting);
    }

    @Override
    public boolean flickers() {
        return query(
                        "select change_id, won_epoch, won_revision from etcd_conflict",
                        row -> row.getLong(1) == authors.change(new Revision(row.getLong(2), row.getLong(3))))
                .contains(true);
    }

    /** Ends the session of a sink, in its next transaction or now. */
    @Override
    public void failNext(boolean inTransaction) {
        run.say("postgres: the sinks' sessions end" + (inTransaction ? " in the next transaction" : ""));
        query(
                inTransaction
                        ? "select setval('public.model_fault', 1, false)"
                        : "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                                + " where datname = current_database() and application_name like 'sink %'",
                row -> 0);
    }

    @Override
    public boolean open(Write write) {
        try {
            opener.setAutoCommit(false);
            opened = write(opener, write) ? List.of(write) : List.of();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        open = true;
        run.say("sql: an open transaction does " + write);
        return true;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void end(boolean commit) {
        try {
            if (commit) {
                Map<Long, Write> ids = captured(opener, opened);
                opener.commit();
                committed.putAll(ids);
            } else {
                opener.rollback();
            }
            opener.setAutoCommit(true);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        open = false;
        run.say("sql: the open transaction " + (commit ? "commits" : "is rolled back"));
    }

    // ---- tasks

    @Override
    public SinkRunner.Task sink(SinkTaskContext context, TopicPartition partition, boolean skipsForeignSources) {
        String policy = run.has(Flag.POSTGRES_WINS) ? "postgres-wins" : run.has(Flag.MANUAL) ? "manual" : "etcd-wins";
        RealPgSink sink =
                new RealPgSink(context, run.clock, partition, database.sinkSettings(policy, skipsForeignSources));
        tasks.add(sink::close);
        return sink;
    }

    @Override
    public boolean owesWork(SinkRunner.Task sink) {
        return query(
                                "select count(*) from etcd_untrusted_range where request_id = 9223372036854775807",
                                row -> row.getLong(1))
                        .get(0)
                > 0;
    }

    @Override
    public Source source(Map<String, ?> stored) {
        Source source = new RealPgSource(run.clock, database.sourceSettings(run.has(Flag.CONFLATE) ? 1 : 10), stored);
        tasks.add(source);
        return source;
    }

    @Override
    public void dispatch() {
        query("select numbered from etcd_dispatch(1000, " + (run.has(Flag.CONFLATE) ? 1 : 10) + ")", row -> 0);
    }

    // ---- operators

    @Override
    public void prune(int keep) {
        query(
                "select key, epoch, revision, value from etcd_history order by epoch, revision",
                row -> allHistory.put(
                        new Entry(row.getString(1), row.getLong(3), row.getLong(2)),
                        Optional.ofNullable(row.getString(4))));
        query(
                keep == 0
                        ? "select etcd_prune_history(older_than => '0')"
                        : "select etcd_prune_history(keep_per_key => " + keep + ")",
                row -> 0);
    }

    @Override
    public void resync() {
        query("select etcd_resync('')", row -> 0);
        run.say("postgres: etcd_resync");
    }

    @Override
    public boolean resolve(boolean postgres) {
        List<String> held = query("select key from etcd_mirror where status = 'held'", row -> row.getString(1));
        if (!open) { // etcd_resolve would wait for the row
            held.forEach(key ->
                    query("select etcd_resolve('" + key + "', '" + (postgres ? "postgres" : "etcd") + "')", row -> 0));
            held.forEach(key -> run.say("operator: " + key + (postgres ? " is sent again" : " is given up")));
        }
        return !open && !held.isEmpty();
    }

    @Override
    public boolean hasBackup() {
        return false;
    }

    @Override
    public void backUp() {
        throw new UnsupportedOperationException("a backup of a server takes seconds");
    }

    @Override
    public void restore() {
        throw new UnsupportedOperationException();
    }

    // ---- content

    @Override
    public long change(String key, long send) {
        return query(
                        "select change_id from etcd_mirror where key = '" + key + "' and send_number = " + send,
                        row -> row.getLong(1))
                .stream()
                .findFirst()
                .orElse(0L);
    }

    @Override
    public String applied(String key, Revision at) {
        List<String> values = query(
                "select value from etcd_history where key = '" + key + "' and revision = " + at.revision()
                        + " and epoch <= " + at.epoch() + " order by epoch desc limit 1",
                row -> row.getString(1));
        if (!values.isEmpty()) {
            return values.get(0);
        }
        return allHistory.entrySet().stream()
                .filter(entry -> entry.getKey().key().equals(key)
                        && entry.getKey().revision() == at.revision()
                        && entry.getKey().epoch() <= at.epoch())
                .max(Comparator.comparing(entry -> entry.getKey().epoch()))
                .flatMap(Map.Entry::getValue)
                .orElse(null);
    }

    @Override
    public long version() {
        return query(
                        "select hashtextextended(concat_ws('/', (select count(*) from etcd_history),"
                                + " (select string_agg(id::text, ',' order by id) from etcd_wal),"
                                + " (select string_agg(concat_ws(' ', key, applied_epoch, applied_revision, settled_id, status, next_action, send_number,"
                                + " probe_number), ',' order by key) from etcd_mirror),"
                                + " (select count(*) || ' ' || count(publish_number) from etcd_conflict),"
                                + " (select string_agg(concat_ws(' ', id, send_number), ',' order by id) from etcd_request),"
                                + " (select string_agg(concat_ws(' ', partition, after_key, request_id, epoch), ',' order by partition, after_key)"
                                + " from etcd_untrusted_range),"
                                + " (select string_agg(concat_ws(' ', partition, after_key, revision, epoch), ',' order by partition, after_key)"
                                + " from etcd_snapshot)), 0)",
                        row -> row.getLong(1))
                .get(0);
    }

    @Override
    public Contents contents() {
        Map<String, Row> rows = new TreeMap<>();
        query(
                "select key, value, mod_revision from public.etcd",
                row -> rows.put(row.getString(1), new Row(row.getString(2), row.getLong(3))));
        Map<String, Mirrored> mirror = new TreeMap<>();
        query(
                "select m.key, m.epoch, m.revision, m.unrepresentable, (select h.value from etcd_history h where h.route = m.route"
                        + " and h.key = m.key and h.epoch = m.epoch and h.revision = m.revision) from etcd_mirror m"
                        + " where m.revision <> 0",
                row -> mirror.put(
                        row.getString(1),
                        new Mirrored(
                                new Revision(row.getLong(2), row.getLong(3)), row.getString(5), row.getBoolean(4))));
        List<Applied> history = query(
                "select key, epoch, revision, value, origin <> 'etcd', from_snapshot from etcd_history order by ctid",
                row -> new Applied(
                        row.getString(1),
                        new Revision(row.getLong(2), row.getLong(3)),
                        row.getString(4),
                        row.getBoolean(5),
                        row.getBoolean(6)));
        Set<String> held =
                new TreeSet<>(query("select key from etcd_mirror where status = 'held'", row -> row.getString(1)));
        Set<String> pending = new TreeSet<>(query(
                "select key from etcd_mirror where status is not null union select key from etcd_wal",
                row -> row.getString(1)));
        long conflicts = query("select count(*) from etcd_conflict", row -> row.getLong(1))
                .get(0);
        long requests = query("select count(*) from etcd_request", row -> row.getLong(1))
                .get(0);
        return new Contents(rows, mirror, history, pending, held, conflicts, requests);
    }

    private <T> List<T> query(String sql, Reader<T> reader) {
        try (Statement statement = app.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<T> found = new ArrayList<>();
            while (row.next()) {
                found.add(reader.read(row));
            }
            return found;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Override
    public void close() {
        if (open) {
            end(false);
        }
        for (AutoCloseable task : tasks) {
            try {
                task.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
