package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Runs applications, dispatch and a settler at the same time on a few keys. The settler confirms the changes in flight. */
class ConcurrencyIT {

    private static final int KEYS = 12;
    private static final int WRITERS = 4;
    private static final long SENDS = 500;

    private final AtomicBoolean writing = new AtomicBoolean(true);
    private final AtomicLong revision = new AtomicLong(100);

    @Test
    void nobodyIsADeadlockVictimAndEveryChangeIsSettled() throws Exception {
        try (Db db = Db.installed()) {
            ExecutorService pool = Executors.newCachedThreadPool();
            AtomicBoolean settling = new AtomicBoolean(true);
            AtomicLong sent = new AtomicLong();
            try {
                List<Future<?>> writers = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    int seed = i;
                    writers.add(pool.submit(() -> write(db, seed)));
                }
                Future<?> dispatcher = pool.submit(() -> {
                    try (Db own = db.another()) {
                        while (settling.get()) {
                            sent.addAndGet(own.dispatch(5, 3));
                        }
                    }
                });
                Future<?> settler = pool.submit(() -> {
                    try (Db own = db.another()) {
                        while (settling.get()) {
                            settle(own);
                        }
                    }
                });
                await().atMost(Duration.ofSeconds(60)).until(() -> sent.get() >= SENDS);
                writing.set(false);
                for (Future<?> writer : writers) {
                    writer.get();
                }
                // Dispatch and the settler settle the remaining changes without a sweep. No change is forgotten.
                await().atMost(Duration.ofSeconds(30)).until(() -> db.wal().isEmpty());
                settling.set(false);
                dispatcher.get();
                settler.get();
            } finally {
                writing.set(false);
                settling.set(false);
                pool.shutdownNow();
            }
            assertThat(db.rows("select * from etcd_differences('app')")).isEmpty();
            assertThat(db.rows("select key from etcd_mirror where status is not null"))
                    .isEmpty();
            assertThat(db.number("select deadlocks from pg_stat_database where datname = current_database()"))
                    .isZero();
        }
    }

    /**
     * Runs transactions of an application that locks its rows in the order of their keys. With this order, applications do not cause deadlocks
     * among themselves.
     */
    private void write(Db db, int seed) {
        Random random = new Random(seed);
        try (Db own = db.another()) {
            while (writing.get()) {
                own.begin();
                TreeSet<String> keys = new TreeSet<>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    keys.add("/a/" + random.nextInt(KEYS));
                }
                for (String key : keys) {
                    if (random.nextInt(4) == 0) {
                        own.rows("delete from app where key = ? returning 1", key);
                    } else {
                        own.rows(
                                "insert into app (key, value) values (?, ?) on conflict (key) do update set value = excluded.value"
                                        + " returning 1",
                                key,
                                "v" + random.nextInt(5));
                    }
                }
                if (random.nextInt(5) == 0) {
                    own.rollback();
                } else {
                    own.commit();
                }
            }
        }
    }

    /**
     * Confirms the changes in flight as the sink does. Each transaction first locks the row, and never waits for this lock. Then the
     * transaction locks the row of etcd_mirror.
     */
    private void settle(Db own) {
        for (String key : own.rows("select key from etcd_mirror where status = 'inflight' order by random()")) {
            own.begin();
            boolean exists = !own.rows("select 1 from app where key = ?", key).isEmpty();
            boolean locked = !own.rows("select 1 from app where key = ? for update skip locked", key)
                    .isEmpty();
            if (exists == locked) {
                own.confirmLocked(key, revision.incrementAndGet());
                own.commit();
            } else {
                own.rollback();
            }
        }
    }
}
