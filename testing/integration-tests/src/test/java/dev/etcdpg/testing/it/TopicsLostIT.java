package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.Stack;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records are lost between the connectors. The sinks notice, ask for the missing records, and both sides become equal. */
class TopicsLostIT {
    private static final int KEYS = 300;

    private final Sides sides = Sides.shared();

    /** Restarts the sinks, because a sink heals at most once a minute. */
    @BeforeEach
    void equalWithFreshSinks() {
        sides.connect().restart("pg-sink");
        sides.connect().restart("etcd-sink");
        sides.awaitRunning("pg-sink");
        sides.awaitRunning("etcd-sink");
        sides.etcd.putMany(KEYS, i -> key("lost/" + i), i -> "first " + i);
        update("lost/local", "first");
        sides.awaitEqual();
    }

    private void update(String name, String value) {
        sides.postgres.execute(
                "insert into etcd (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
                key(name),
                value);
    }

    private void changesOnBothSides(String value) {
        sides.etcd.putMany(KEYS / 2, i -> key("lost/" + i), i -> value + " " + i);
        sides.etcd.delete(key("lost/" + (KEYS - 1)));
        update("lost/local", value);
        update("lost/" + value, value);
        sides.postgres.execute("delete from etcd where key = ?", key("lost/" + (KEYS - 2)));
    }

    @Test
    void theEtcdTopicIsDeletedAndCreatedAgain() {
        sides.stop("pg-sink");
        changesOnBothSides("lost");
        sides.awaitSilence();

        sides.kafka.deleteAndCreate(Stack.ETCD_TOPIC);
        changesOnBothSides("after");
        sides.resume("pg-sink");

        sides.settle();
    }

    @Test
    void theEtcdTopicIsDeletedAndCreatedAgainUnderRunningConnectors() {
        sides.kafka.deleteAndCreate(Stack.ETCD_TOPIC);
        changesOnBothSides("after");

        sides.settle();
    }

    @Test
    void thePostgresTopicIsDeletedAndCreatedAgain() {
        sides.stop("etcd-sink");
        changesOnBothSides("lost");
        awaitNothingWaits();

        sides.kafka.deleteAndCreate(Stack.PG_TOPIC);
        update("lost/after", "after");
        sides.resume("etcd-sink");

        sides.settle();
        assertThat(sides.etcd.get(key("lost/local"))).isEqualTo("lost");
    }

    @Test
    void retentionOfTheEtcdTopicIsShorterThanAnOutage() {
        sides.stop("pg-sink");
        changesOnBothSides("lost");
        sides.awaitSilence();

        sides.kafka.deleteRecords(Stack.ETCD_TOPIC);
        sides.resume("pg-sink");

        sides.settle();
    }

    @Test
    void retentionOfThePostgresTopicIsShorterThanAnOutage() {
        sides.stop("etcd-sink");
        changesOnBothSides("lost");
        awaitNothingWaits();

        sides.kafka.deleteRecords(Stack.PG_TOPIC);
        sides.resume("etcd-sink");

        sides.settle();
        assertThat(sides.etcd.get(key("lost/local"))).isEqualTo("lost");
    }

    @Test
    void theGroupsAreResetToTheEarliest() {
        reset(OffsetSpec.earliest());
    }

    @Test
    void theGroupsAreResetToTheLatest() {
        reset(OffsetSpec.latest());
    }

    private void reset(OffsetSpec to) {
        sides.stop("pg-sink", "etcd-sink");
        changesOnBothSides("reset");
        awaitNothingWaits();
        sides.kafka.resetGroup("pg-sink", Stack.ETCD_TOPIC, to);
        sides.kafka.resetGroup("etcd-sink", Stack.PG_TOPIC, to);

        sides.resume("pg-sink", "etcd-sink");

        sides.settle();
        assertThat(sides.etcd.get(key("lost/local"))).isEqualTo("reset");
    }

    /** Tries once more if a sink healed an earlier loss meanwhile. A sink heals at most once a minute. */
    @Test
    void aPrefixIsSentAgainOnRequest() {
        long epoch = epoch();
        while (!isSentAgainWithin(epoch)) {
            epoch = epoch();
        }
    }

    /** @return false if a new epoch has begun meanwhile. Its snapshot rewrites the rows */
    private boolean isSentAgainWithin(long epoch) {
        Map<TopicPartition, Long> before = new HashMap<>(sides.ends(Stack.ETCD_TOPIC));
        before.putAll(sides.ends(Stack.PG_TOPIC));
        Map<String, Entry> table = sides.postgres.all("public.etcd");
        long written = written();

        sides.postgres.query("select etcd_sync.etcd_resync(?)", key("lost/"));

        await("the request is answered")
                .atMost(Duration.ofSeconds(60))
                .until(() -> sides.postgres.number("select count(*) from etcd_sync.etcd_request") == 0
                        && sides.etcd.all("/etcd-pg-connect/request/").isEmpty());
        sides.settle();
        if (epoch() != epoch) {
            return false;
        }
        List<String> kinds = sides.events(before);
        assertThat(kinds).contains("request", "manifest", "end");
        assertThat(kinds.stream().filter(kind -> kind.equals("snapshot")).count())
                .isGreaterThanOrEqualTo(KEYS - 2);
        assertThat(sides.postgres.all("public.etcd")).isEqualTo(table);
        assertThat(written()).as("no row is rewritten").isEqualTo(written);
        return true;
    }

    private long epoch() {
        return sides.postgres.number("select max(epoch) from etcd_sync.etcd_snapshot");
    }

    private long written() {
        return sides.postgres.number("select coalesce(max(xmin::text::bigint), 0) from public.etcd");
    }

    /** Waits until every change that can be sent is in the topic. */
    private void awaitNothingWaits() {
        await("the changes are on their way")
                .atMost(Duration.ofSeconds(60))
                .until(() ->
                        sides.postgres.number("select count(*) from etcd_sync.etcd_pending where status = 'inflight'")
                                > 0);
        sides.awaitSilence();
    }
}
