package dev.etcdpg.pg.sink;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.testing.kit.TestSinkContext;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;

/** A task with a database of its own. The test feeds it with records of one topic partition. */
final class Bench implements AutoCloseable {

    static final String TOPIC = "etcd.etcd";
    static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    static final long EPOCH = 1_000;

    final Postgres postgres;
    final String database;
    final Map<String, String> settings = new HashMap<>();
    TestSinkContext context = new TestSinkContext(Map.of());
    PostgresSinkTask task;
    long epoch = EPOCH;
    EtcdRecord.Source source = EtcdRecord.Source.NONE;
    private long offset;
    private long number = 1_000_000;
    private long previous;

    Bench(Postgres postgres, String... more) {
        this.postgres = postgres;
        database = postgres.newDatabase("sink");
        settings.put("name", "test");
        settings.put("connection.url", postgres.jdbcUrl(database));
        settings.put("connection.user", postgres.user());
        settings.put("connection.password", postgres.password());
        settings.put("etcd.prefix", "/k/");
        settings.put("topics", TOPIC);
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        start();
    }

    void start() {
        context = new TestSinkContext(Map.of());
        task = new PostgresSinkTask();
        task.initialize(context);
        task.start(settings);
        task.open(List.of(PARTITION));
        put();
    }

    /** Replaces the task without a commit, as a crash of the worker does. */
    void crash() {
        task.stop();
        start();
    }

    /** Ends the connections of the task, as a restart of the server does. */
    void disconnect() {
        rows(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'etcd-pg-connect test' and datname = '"
                        + database + "'");
    }

    void put(SinkRecord... records) {
        task.put(Arrays.asList(records));
    }

    /** Delivers the same records until the task accepts them, as Connect does. */
    void putUntilDone(SinkRecord... records) {
        for (int i = 0; i < 50; i++) {
            try {
                put(records);
                return;
            } catch (RetriableException e) {
                pause();
            }
        }
        throw new AssertionError("it goes on failing");
    }

    /** Waits for the timeout that the task has set, then delivers no records, as Connect does. */
    void idle() {
        pause();
        put();
    }

    private void pause() {
        try {
            Thread.sleep(Math.max(1, context.timeoutMs()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Chain chain() {
        long before = previous;
        previous = ++number;
        return new Chain(previous, before, KeyRange.ALL, source);
    }

    /** Skips the number of a record that is lost. */
    void lose() {
        previous = ++number;
        offset++;
    }

    /** Sets the offset of the next record. */
    void topicBeginsAt(long next) {
        offset = next;
    }

    SinkRecord record(EtcdRecord record) {
        SchemaAndValue value = EtcdRecordCodec.encode(record, null, 0);
        return record(record.key(), value.schema(), value.value());
    }

    SinkRecord record(String key, Schema schema, Object value) {
        return new SinkRecord(TOPIC, 0, Schema.OPTIONAL_STRING_SCHEMA, key, schema, value, offset++);
    }

    /** Returns the same record in another topic partition. */
    static SinkRecord moved(SinkRecord r, TopicPartition to) {
        return new SinkRecord(
                to.topic(), to.partition(), r.keySchema(), r.key(), r.valueSchema(), r.value(), r.kafkaOffset());
    }

    SinkRecord event(String key, String value, long revision) {
        return event(key, value, revision, revision, 1, 0);
    }

    SinkRecord event(String key, String value, long revision, long created, long version, long snapshot) {
        EtcdRecord.Row row = value == null ? null : new EtcdRecord.Row(key, value, created, revision, version, 0);
        return record(new EtcdRecord.Event(chain(), key, row, new Revision(epoch, revision), snapshot));
    }

    SinkRecord snapshot(String key, String value, long revision, long at) {
        return event(key, value, revision, revision, 1, at);
    }

    SinkRecord unrepresentable(String key, long revision) {
        return record(new EtcdRecord.Unrepresentable(chain(), key, new Revision(epoch, revision), 0, 0, "not UTF-8"));
    }

    SinkRecord manifest(long at, String... keys) {
        return record(new EtcdRecord.Manifest(chain(), KeyRange.ALL, new Revision(epoch, at), List.of(keys), 1));
    }

    SinkRecord page(long at, String after, String through, int partitions, String... keys) {
        return record(new EtcdRecord.Manifest(
                chain(), new KeyRange(after, through), new Revision(epoch, at), List.of(keys), partitions));
    }

    SinkRecord end(long at, long request) {
        return record(new EtcdRecord.End(chain(), KeyRange.ALL, new Revision(epoch, at), request, 1));
    }

    /** Makes the end mark of a part of the keys. */
    SinkRecord end(long at, long request, String after, String through) {
        return record(new EtcdRecord.End(chain(), new KeyRange(after, through), new Revision(epoch, at), request, 1));
    }

    SinkRecord heartbeat() {
        return record(new EtcdRecord.Heartbeat(chain(), new Revision(epoch, 1)));
    }

    SinkRecord answer(String key, long of, Outcome outcome) {
        return record(
                new EtcdRecord.Answer(chain(), key, new Revision(epoch, 1), origin(), of, outcome, outcome.wire()));
    }

    /** Applies the snapshot of an empty prefix, after which local changes may be sent. */
    Bench ready() {
        put(manifest(1), end(1, 0));
        return this;
    }

    String origin() {
        return one("select origin from etcd_sync.etcd_database");
    }

    void sql(String sql) {
        postgres.execute(database, sql);
    }

    Connection connect() throws SQLException {
        return postgres.connect(database);
    }

    /** Returns rows with columns joined by a bar. */
    List<String> rows(String sql) {
        return postgres.query(database, sql);
    }

    String one(String sql) {
        List<String> rows = rows(sql);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** Calls dispatch, as the notify source does. */
    void dispatch() {
        rows("select etcd_sync.etcd_dispatch(1000, 10)");
    }

    long send(String key) {
        return Long.parseLong(one("select send_number from etcd_sync.etcd_mirror where key = '" + key + "'"));
    }

    List<String> table() {
        return rows("select key || '=' || value || '@' || mod_revision from public.etcd order by key");
    }

    List<String> history() {
        return rows("select key || ' ' || op || coalesce(' ' || value, '') || '@' || epoch || '.' || revision || ' '"
                + " || case origin when 'etcd' then 'etcd' else 'local' end || case when from_snapshot then ' snapshot' else '' end"
                + " from etcd_sync.etcd_history order by epoch, revision, key");
    }

    List<String> pending() {
        return rows("select key || ' ' || op || coalesce(' ' || value, '') from etcd_sync.etcd_wal order by id");
    }

    List<String> conflicts() {
        return rows("select key || ' ' || op || coalesce(' ' || value, '') || ' lost to ' || won_revision"
                + " || case when applied_late then ' late' else '' end from etcd_sync.etcd_conflict order by id");
    }

    String flight(String key) {
        return one(
                "select coalesce(status, '-') || ' ' || coalesce(next_action, '-') from etcd_sync.etcd_mirror where key = '"
                        + key + "'");
    }

    @Override
    public void close() {
        task.stop();
    }
}
