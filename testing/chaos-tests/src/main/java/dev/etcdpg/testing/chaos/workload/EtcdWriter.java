package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.chaos.history.Counts;
import dev.etcdpg.testing.chaos.history.Recorder;
import dev.etcdpg.testing.stack.EtcdHttpTransaction;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/**
 * Writes into etcd. Each transaction writes a note, which identifies the writer to the recorder, and compares the fence. So a transaction
 * whose answer was lost cannot take effect after a pause.
 */
public final class EtcdWriter extends Writer {
    private static final Duration REST = Duration.ofMillis(60);

    private final FencedEtcd etcd;
    private final Random random;
    private final Keys keys;
    private final WrittenValues said;
    private final Echoes fromSql;
    private final Echoes toSql;
    private final Counts counts;
    private final String note;
    private long number;

    EtcdWriter(String name, Workload.Room room, FencedEtcd etcd, Random random) {
        super(name, room, random, REST);
        this.etcd = etcd;
        this.random = random;
        this.keys = Keys.ofEtcd(random);
        this.said = new WrittenValues(name, random);
        this.fromSql = room.fromSql();
        this.toSql = room.fromEtcd();
        this.counts = room.counts();
        this.note = Recorder.NOTES + "writer/" + name;
    }

    @Override
    boolean transaction() {
        try {
            int drawn = random.nextInt(100);
            if (drawn < 30) {
                put(keys.hot(), said.next());
            } else if (drawn < 38) {
                delete(keys.hot());
            } else if (drawn < 56) {
                put(keys.cold(), said.next());
            } else if (drawn < 62) {
                delete(keys.cold());
            } else if (drawn < 82) {
                several();
            } else if (drawn < 87) {
                leased(random.nextInt(4) == 0 ? keys.hot() : keys.cold());
            } else if (drawn < 92) {
                echo();
            } else if (drawn < 94) {
                renamed();
            } else if (drawn < 99) {
                put(keys.cold(), said.next());
            } else {
                put(keys.cold(), said.large());
            }
            return true;
        } catch (IOException etcdIsAway) {
            counts.add("etcd requests without an answer", 1);
            return false;
        }
    }

    private void put(String key, String value) throws IOException {
        commit(begin().put(key, value), "etcd puts", 1);
    }

    private void delete(String key) throws IOException {
        commit(begin().delete(key), "etcd deletes", 1);
    }

    private void several() throws IOException {
        EtcdHttpTransaction transaction = begin();
        for (String key : keys.several(20, 2)) {
            if (random.nextInt(5) == 0) {
                transaction.delete(key);
            } else {
                transaction.put(key, said.next());
            }
        }
        commit(transaction, "etcd transactions of several keys", 1);
    }

    private void leased(String key) throws IOException {
        long lease = etcd.leases().grant(Duration.ofSeconds(2 + random.nextInt(20)));
        commit(begin().put(key, said.next(), lease), "etcd puts with a lease", 1);
    }

    /** Repeats a value that SQL wrote, or writes a value for SQL to repeat. */
    private void echo() throws IOException {
        Echoes.Pair pair = fromSql.poll();
        if (pair == null) {
            pair = new Echoes.Pair(keys.hotOfBoth(), said.next());
            toSql.offer(pair.key(), pair.value());
        }
        commit(begin().put(pair.key(), pair.value()), "etcd puts of what SQL puts too", 1);
    }

    private void renamed() throws IOException {
        String key = keys.renamed(random.nextInt(Workload.SQL_WRITERS));
        if (random.nextInt(3) == 0) {
            delete(key);
        } else {
            put(key, said.next());
        }
    }

    private EtcdHttpTransaction begin() {
        return etcd.begin().put(note, Long.toString(++number));
    }

    private void commit(EtcdHttpTransaction transaction, String what, long times) throws IOException {
        if (transaction.commit() > 0) {
            counts.add(what, times);
        }
    }

    @Override
    void release() {}
}
