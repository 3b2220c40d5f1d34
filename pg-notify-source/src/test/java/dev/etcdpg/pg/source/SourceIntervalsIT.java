package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the source does at fixed intervals. The tests wait for the intervals, so they are apart from {@link NotifySourceIT}. */
class SourceIntervalsIT {

    private SourceDatabase db;

    @BeforeEach
    void install() {
        db = SourceDatabase.installed();
    }

    @AfterEach
    void close() {
        db.close();
    }

    /** A stopped backend sends neither notifications nor an error. */
    @Test
    void aListenerThatIsStoppedIsReplacedAndNothingIsMissed() throws Exception {
        try (TaskRun run = TaskRun.started(db, "poll.interval.ms", "60000")) {
            run.poll();
            run.poll();
            String listener =
                    db.one("select pid from pg_stat_activity where application_name = 'etcd-pg-connect listener'"
                            + " and datname = current_database()");
            signal("-STOP", listener);
            try {
                db.put("/a/1", "x");
                run.untilReceived(1);
            } finally {
                signal("-CONT", listener);
            }
            db.put("/a/2", "y");
            run.untilReceived(2);
        }
    }

    private static void signal(String signal, String pid) throws Exception {
        assertThat(new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor())
                .isZero();
    }

    /** etcd_prune_conflicts keeps a conflict until then. */
    @Test
    void theDatabaseKnowsWhichConflictsKafkaHas() {
        db.run(
                "insert into etcd_conflict (route, key, change_id, op, value, txid, author, changed_at, base_epoch, base_revision, won_epoch,"
                        + " won_revision, reason) select 'app', '/a/' || i, i, 'put', 'mine', '1', 'me', now(), 10, 3, 10, 4, 'changed in etcd'"
                        + " from generate_series(1, 3) i");
        String published =
                "select count(*) from etcd_conflict where publish_number <= (select published_number from etcd_dispatch_state)";
        try (TaskRun run = TaskRun.started(db)) {
            run.untilReceived(3);
            run.acknowledge(0);
            run.acknowledge(2);
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                run.poll();
                assertThat(db.one(published)).isEqualTo("1");
            });
            run.acknowledge(1);
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                run.poll();
                assertThat(db.one(published)).isEqualTo("3");
            });
        }
    }
}
