package dev.etcdpg.pg.sink;

import dev.etcdpg.core.record.Outcome;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A small world around this module's sink: etcd, the etcd sink and the topic in memory; PostgreSQL, dispatch and the sink are real. It tests
 * the sink with the sources of this module alone, and it has application transactions of several statements and the columns
 * create_revision and version, which the random histories of {@code testing/protocol-tests} lack. Those histories run the real code of all
 * connectors.
 */
final class ProtocolWorld {

    private record Held(String value, long revision, long created, long version) {}

    final Bench bench;
    final Random random;
    final List<String> trace = new ArrayList<>();
    private final List<SinkRecord> topic = new ArrayList<>();
    private final Map<String, Held> etcd = new TreeMap<>();
    private final Map<String, String> answers = new TreeMap<>();
    private final Connection app;
    private final Connection source;
    private int position;
    private long revision = 1;
    private long passed;
    private long request;
    boolean foreign;

    ProtocolWorld(Bench bench, Random random) throws SQLException {
        this.bench = bench;
        this.random = random;
        app = bench.connect();
        app.setAutoCommit(false);
        source = bench.connect();
        source.setAutoCommit(true);
        try (Statement statement = app.createStatement()) {
            statement.execute("set lock_timeout = '5ms'");
            app.commit();
        }
        snapshot(false);
    }

    String key() {
        return "/k/" + "abc".charAt(random.nextInt(3));
    }

    String value() {
        return "v" + random.nextInt(4);
    }

    /** Runs a statement of the application. Its transaction stays open until {@link #endTransaction}. */
    void local() {
        String key = key();
        String sql = random.nextInt(4) == 0
                ? "delete from public.etcd where key = '" + key + "'"
                : "insert into public.etcd (key, value) values ('" + key + "', '" + value()
                        + "') on conflict (key) do update set value = excluded.value";
        try (Statement statement = app.createStatement()) {
            statement.execute(sql);
            trace.add(sql);
        } catch (SQLException e) {
            trace.add("locked: " + sql);
            rollback();
        }
    }

    void endTransaction() {
        try {
            app.commit();
            trace.add("commit");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void rollback() {
        try {
            app.rollback();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    void foreignWrite() {
        foreign = true;
        write(key(), random.nextInt(4) == 0 ? null : value(), "foreign");
    }

    private void write(String key, String value, String who) {
        Held old = etcd.get(key);
        if (value == null && old == null) {
            return;
        }
        revision++;
        trace.add("etcd " + who + " " + key + "=" + value + " @" + bench.epoch + "." + revision);
        if (value == null) {
            etcd.remove(key);
            topic.add(bench.event(key, null, revision));
        } else {
            Held now = new Held(
                    value, revision, old == null ? revision : old.created(), old == null ? 1 : old.version() + 1);
            etcd.put(key, now);
            topic.add(bench.event(key, value, revision, now.created(), now.version(), 0));
        }
    }

    /** Adds a snapshot of all keys, then the stored answers. */
    void snapshot(boolean newEpoch) {
        if (newEpoch) {
            bench.epoch++;
        }
        trace.add("snapshot @" + bench.epoch + "." + revision + " request " + request);
        etcd.forEach((key, held) ->
                topic.add(bench.event(key, held.value(), held.revision(), held.created(), held.version(), revision)));
        topic.add(bench.manifest(revision, etcd.keySet().toArray(String[]::new)));
        topic.add(bench.end(revision, request));
        answers.forEach((key, answer) -> sayAnswer(key, answer));
        revision++;
    }

    /** Acts as dispatch, notify source and etcd sink. Returns whether a record was sent. */
    boolean send() throws SQLException {
        boolean any = false;
        bench.dispatch();
        try (Statement statement = source.createStatement();
                ResultSet rows = statement.executeQuery("select * from etcd_sync.etcd_sends(" + passed + ", 100)")) {
            while (rows.next()) {
                any |= receive(rows);
            }
        }
        return any;
    }

    private boolean receive(ResultSet sent) throws SQLException {
        passed = sent.getLong("number");
        String key = sent.getString("key");
        switch (sent.getString("kind")) {
            case "change" -> {
                Held held = etcd.get(key);
                long at = held == null ? 0 : held.revision();
                if (at == sent.getLong("base_revision") && bench.epoch == sent.getLong("base_epoch")) {
                    if (held != null || sent.getString("value") != null) {
                        write(key, sent.getString("value"), "sink");
                    } else {
                        answer(key, passed, Outcome.REFUSED);
                    }
                } else {
                    answer(key, passed, Outcome.REFUSED);
                }
            }
            case "probe" -> {
                String known = answers.get(key);
                boolean same = known != null && known.startsWith(sent.getLong("send_number") + " ");
                answer(
                        key,
                        sent.getLong("send_number"),
                        same ? Outcome.valueOf(known.split(" ")[1]) : Outcome.PROCESSED);
            }
            case "request" -> {
                request = Math.max(request, sent.getLong("request_id"));
                snapshot(false);
            }
            case "new_epoch" -> {
                if (sent.getLong("base_epoch") == bench.epoch) {
                    trace.add("NEW EPOCH asked for: " + sent.getString("reason"));
                    snapshot(true);
                }
            }
            default -> {
                return false; // a conflict
            }
        }
        return true;
    }

    private void answer(String key, long of, Outcome outcome) {
        answers.put(key, of + " " + outcome);
        revision++;
        sayAnswer(key, answers.get(key));
    }

    private void sayAnswer(String key, String answer) {
        trace.add("answer " + key + " " + answer);
        topic.add(bench.answer(key, Long.parseLong(answer.split(" ")[0]), Outcome.valueOf(answer.split(" ")[1])));
    }

    /** Delivers up to {@code most} records to the sink. */
    void deliver(int most) {
        int end = Math.min(topic.size(), position + most);
        bench.putUntilDone(topic.subList(position, end).toArray(SinkRecord[]::new));
        position = end;
    }

    void crash() {
        trace.add("crash");
        bench.crash();
        Long to = bench.context.seeks().get(Bench.PARTITION);
        position = 0;
        while (to != null && position < topic.size() && topic.get(position).kafkaOffset() < to) {
            position++;
        }
    }

    /** Removes records that the sink has not read. */
    void loseRecords() {
        if (position < topic.size()) {
            int count = 1 + random.nextInt(topic.size() - position);
            trace.add(count + " records lost");
            topic.subList(position, position + count).clear();
        }
    }

    void settle() throws SQLException {
        endTransaction();
        for (int i = 0; i < 300; i++) {
            topic.add(bench.heartbeat());
            deliver(1_000_000);
            if (bench.context.timeoutMs() < 1_000) {
                bench.idle(); // inputs are deferred
            } else if (!bench.rows(
                            "select route from etcd_sync.etcd_untrusted_range where request_id = 9223372036854775807")
                    .isEmpty()) {
                crash(); // a new task does not know that it made a request within this minute
            } else if (!send() && position == topic.size() && bench.pending().isEmpty()) {
                return;
            }
        }
        throw new AssertionError("it goes round for ever");
    }

    List<String> held() {
        List<String> rows = new ArrayList<>();
        etcd.forEach((key, held) -> rows.add(
                key + "=" + held.value() + "@" + held.revision() + " " + held.created() + " " + held.version()));
        return rows;
    }

    void close() throws SQLException {
        app.close();
        source.close();
    }
}
