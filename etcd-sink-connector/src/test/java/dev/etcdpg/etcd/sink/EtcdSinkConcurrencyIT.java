package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other clients write the same keys at full speed and begin epochs. Every change has exactly one outcome, which is correct. */
class EtcdSinkConcurrencyIT {

    private static final int KEYS = 30;

    @ParameterizedTest
    @ValueSource(ints = {3, 126})
    void everyChangeIsEitherWrittenOnItsBaseOrAnswered(int maxKeys) throws Exception {
        Map<Long, Long> bases = new HashMap<>();
        List<WatchEvent> events = new CopyOnWriteArrayList<>();
        try (Setup setup = Setup.started(Etcd.shared(), Map.of("max.txn.keys", Integer.toString(maxKeys)))) {
            long begin = setup.revision() + 1;
            AtomicBoolean done = new AtomicBoolean();
            CompletableFuture<Void> others = CompletableFuture.runAsync(() -> others(setup, done));
            Random random = new Random(maxKeys);
            for (int round = 0; round < 60; round++) {
                Map<String, Long> revisions = new HashMap<>();
                setup.all().forEach(kv -> revisions.put(name(setup, kv), kv.getModRevision()));
                for (int i = 0; i < 40; i++) {
                    String key = "k" + random.nextInt(KEYS);
                    long base = revisions.getOrDefault(key, 0L);
                    boolean delete = base != 0 && random.nextInt(5) == 0;
                    long n = setup.change(key, delete ? null : "W" + (bases.size() + 1), base);
                    bases.put(n, delete ? -base : base);
                }
                setup.delivery.all();
            }
            done.set(true);
            others.get(20, TimeUnit.SECONDS);
            long end = setup.put(setup.prefix + "end", "end");
            try (Watch watch = setup.client.driver().getWatchClient()) {
                watchAll(watch, setup.prefix, begin, events);
                watchAll(watch, setup.keys.answers(), begin, events);
                await().atMost(20, TimeUnit.SECONDS).until(() -> events.stream()
                        .anyMatch(e -> e.getKeyValue().getModRevision() == end));
                setup.put(setup.keys.answers() + "end", "{\"n\":0}");
                await().atMost(20, TimeUnit.SECONDS).until(() -> events.stream().anyMatch(e -> e.getKeyValue()
                        .getKey()
                        .toString(StandardCharsets.UTF_8)
                        .endsWith("answer/end")));
            }
            judge(setup, bases, events);
        }
    }

    private static void judge(Setup setup, Map<Long, Long> bases, List<WatchEvent> events) throws Exception {
        Map<Long, Integer> outcomes = new HashMap<>();
        int written = 0;
        for (WatchEvent event : events) {
            String key = event.getKeyValue().getKey().toString(StandardCharsets.UTF_8);
            String value = event.getKeyValue().getValue().toString(StandardCharsets.UTF_8);
            if (key.startsWith(setup.keys.answers())) {
                outcomes.merge(new ObjectMapper().readTree(value).get("n").asLong(), 1, Integer::sum);
            } else if (value.startsWith("W")) {
                long n = Long.parseLong(value.substring(1));
                assertThat(event.getPrevKV().getModRevision())
                        .describedAs("base of %s", n)
                        .isEqualTo(bases.get(n));
                outcomes.merge(n, 1, Integer::sum);
                written++;
            }
        }
        int deletes = 0;
        for (Map.Entry<Long, Long> change : bases.entrySet()) {
            if (change.getValue() < 0 && !outcomes.containsKey(change.getKey())) {
                deletes++; // the other clients only put keys, so this delete comes from the sink
                assertThat(events)
                        .anyMatch(e -> e.getEventType() == WatchEvent.EventType.DELETE
                                && e.getPrevKV().getModRevision() == -change.getValue());
            } else {
                assertThat(outcomes.get(change.getKey()))
                        .describedAs("outcomes of %s", change.getKey())
                        .isEqualTo(1);
            }
        }
        assertThat(written).describedAs("some succeed").isPositive();
        assertThat(deletes).isPositive();
        assertThat(outcomes.size()).describedAs("some are refused").isGreaterThan(written + 1);
    }

    private static void others(Setup setup, AtomicBoolean done) {
        Random random = new Random(7);
        while (!done.get()) {
            String key = setup.prefix + "k" + random.nextInt(KEYS);
            if (random.nextInt(4) == 0) {
                setup.put(setup.keys.epoch(), Long.toString(Setup.EPOCH + random.nextInt(2)));
            } else {
                setup.put(key, "foreign");
            }
        }
    }

    private static void watchAll(Watch watch, String prefix, long from, List<WatchEvent> events) {
        watch.watch(
                TestEtcdClient.bytes(prefix),
                WatchOption.builder()
                        .isPrefix(true)
                        .withRevision(from)
                        .withPrevKV(true)
                        .build(),
                response -> events.addAll(response.getEvents()));
    }

    private static String name(Setup setup, KeyValue kv) {
        return kv.getKey().toString(StandardCharsets.UTF_8).substring(setup.prefix.length());
    }
}
