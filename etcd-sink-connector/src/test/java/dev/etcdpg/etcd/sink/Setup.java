package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import io.etcd.jetcd.KeyValue;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.sink.SinkRecord;

/** A task with a real etcd. Each instance has its own prefixes, and short methods that send records and read etcd. */
final class Setup implements AutoCloseable {

    static final String ORIGIN = "8f7c2f3e-0000-4000-8000-000000000001";
    static final long EPOCH = 1_000;

    private static int count = (int) (System.nanoTime() % 1_000_000) * 100;

    final String prefix;
    final BookkeepingKeys keys;
    final TopicPartition p0 = new TopicPartition("pg.etcd", 0);
    final TestEtcdClient client;
    final SinkWorker delivery;
    final Map<String, String> settings = new HashMap<>();
    private final Map<TopicPartition, Long> sent = new HashMap<>();
    /** Database that sends the records; null if the records do not name it. */
    String database;
    /** Prefix of the route in the database; null if the records do not name it. */
    String mirroredPrefix;

    private long number;

    Setup(Etcd etcd, Map<String, String> more) {
        int id = ++count;
        prefix = "/t" + id + "/";
        keys = new BookkeepingKeys("/own" + id + "/");
        client = new TestEtcdClient(etcd.endpoint());
        settings.put("etcd.endpoints", etcd.endpoint());
        settings.put("etcd.prefix", prefix);
        settings.put("bookkeeping.prefix", keys.prefix());
        settings.put("retry.backoff.max.ms", "300");
        settings.putAll(more);
        delivery = new SinkWorker(settings);
        put(keys.epoch(), Long.toString(EPOCH));
    }

    static Setup started(Etcd etcd) {
        return started(etcd, Map.of());
    }

    static Setup started(Etcd etcd, Map<String, String> more) {
        Setup setup = new Setup(etcd, more);
        setup.delivery.start();
        return setup;
    }

    // ---- records from PostgreSQL

    long change(String key, String value, long base) {
        return change(key, value, new Revision(EPOCH, base), 0);
    }

    long change(String key, String value, Revision base, long lease) {
        Chain chain = next(p0);
        send(p0, new PgRecord.Change(chain, ORIGIN, "etcd", prefix + key, value, base, lease, "alice"));
        return chain.number();
    }

    long probe(String key, long of) {
        Chain chain = next(p0);
        send(p0, new PgRecord.Probe(chain, ORIGIN, "etcd", prefix + key, of));
        return chain.number();
    }

    /** Returns the number of epochs that the task has begun for a reason, by its metrics. */
    long epochs(String reason) {
        return (long) delivery.context.metrics().value("new-epochs-total", reason);
    }

    void request(long request) {
        send(p0, new PgRecord.Request(next(p0), ORIGIN, "etcd", new KeyRange("/a", "/b"), request));
    }

    void newEpoch(long found) {
        send(p0, new PgRecord.NewEpoch(next(p0), ORIGIN, "etcd", found, "contradiction"));
    }

    void heartbeat() {
        send(p0, heartbeat(p0));
    }

    PgRecord heartbeat(TopicPartition partition) {
        long last = sent.getOrDefault(partition, 0L);
        return new PgRecord.Heartbeat(new Chain(last, last), ORIGIN, "etcd");
    }

    /** Sets the number of the last record. */
    void number(long last) {
        number = last;
    }

    /** Sets the number that the next record names as its predecessor. */
    void sent(TopicPartition partition, long last) {
        sent.put(partition, last);
    }

    /** Takes the number of a change that is lost on its way. */
    void lose() {
        next(p0);
    }

    Chain next(TopicPartition partition) {
        long previous = sent.getOrDefault(partition, 0L);
        sent.put(partition, ++number);
        return new Chain(number, previous);
    }

    void send(TopicPartition partition, PgRecord record) {
        send(delivery, partition, record);
    }

    void send(SinkWorker worker, TopicPartition partition, PgRecord record) {
        SchemaAndValue value = PgRecordCodec.encode(record, database, mirroredPrefix);
        worker.add(new SinkRecord(
                partition.topic(),
                partition.partition(),
                null,
                record.key(),
                value.schema(),
                value.value(),
                worker.end(partition)));
    }

    void add(TopicPartition partition, Object key, Schema schema, Object value) {
        delivery.add(new SinkRecord(
                partition.topic(), partition.partition(), null, key, schema, value, delivery.end(partition)));
    }

    // ---- content of etcd

    /** @return the mod_revision */
    long put(String key, String value) {
        return client.put(key, value);
    }

    long put(String key, String value, long lease) {
        return client.put(key, value, lease);
    }

    long delete(String key) {
        return client.delete(key);
    }

    KeyValue kv(String key) {
        return client.find(key);
    }

    String text(String key) {
        return client.get(key);
    }

    /** Returns the value of a key of the route, or null. */
    String value(String key) {
        return text(prefix + key);
    }

    String answer(String key) {
        return text(keys.answer(ORIGIN, "etcd", prefix + key));
    }

    long epoch() {
        return Long.parseLong(text(keys.epoch()));
    }

    SinkProgress progress(TopicPartition partition) {
        String key = keys.progress(partition.topic(), partition.partition());
        KeyValue kv = kv(key);
        return kv == null
                ? null
                : SinkProgress.parse(key, EtcdBytes.of(kv.getValue().getBytes()));
    }

    SinkProgress progress() {
        return progress(p0);
    }

    long revision() {
        return client.revision();
    }

    /** Returns the entries of the route. */
    Collection<KeyValue> all() {
        return client.all(prefix).values();
    }

    @Override
    public void close() {
        delivery.task.stop();
        client.close();
    }
}
