package dev.etcdpg.sandbox.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A settled change causes no further records: no connector echoes the change of another. */
final class NoEcho implements Chapter {
    private static final String KEY = DemoWorld.key("then-silence");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LENGTH = Duration.ofSeconds(10);
    private static final List<String> TOPICS = List.of(Stack.ETCD_TOPIC, Stack.PG_TOPIC);

    @Override
    public String title() {
        return "A settled change causes no further records";
    }

    @Override
    public void tell(DemoWorld world) throws Exception {
        world.etcd().put(KEY, "etcd");
        world.await("a change from etcd has settled", () -> BothWays.agree(world, KEY, "etcd"));
        world.table().execute("update etcd set value = 'sql' where key = ?", KEY);
        world.await(
                "a change from SQL has settled",
                () -> BothWays.agree(world, KEY, "sql") && world.table().pending() == 0);
        Map<String, Map<TopicPartition, Long>> before = new HashMap<>();
        for (String topic : TOPICS) {
            before.put(topic, world.topics().ends(topic));
        }
        // The check is the passage of time.
        Thread.sleep(LENGTH.toMillis());
        List<String> heard = new ArrayList<>();
        int[] heartbeats = new int[1];
        for (String topic : TOPICS) {
            world.topics().readFrom(topic, before.get(topic), record -> {
                if (isHeartbeat(record)) {
                    heartbeats[0]++;
                } else {
                    heard.add(topic + " " + record.partition() + "@" + record.offset());
                }
            });
        }
        world.check(
                heard.isEmpty(),
                "no new record in either topic for 10 s, except " + heartbeats[0] + " heartbeats"
                        + (heard.isEmpty() ? "" : "; found " + heard));
    }

    private static boolean isHeartbeat(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value()).path("kind").asText().equals("heartbeat");
        } catch (IOException e) {
            throw new UncheckedIOException("a record is not JSON", e);
        }
    }
}
