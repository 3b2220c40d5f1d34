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

/** No echo: once a change has settled, nothing moves. */
final class Silence implements Chapter {
    private static final String KEY = World.key("then-silence");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LENGTH = Duration.ofSeconds(10);
    private static final List<String> TOPICS = List.of(Stack.ETCD_TOPIC, Stack.PG_TOPIC);

    @Override
    public String title() {
        return "After a change has settled there is silence";
    }

    @Override
    public void tell(World world) throws Exception {
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
        // Here time itself is the condition.
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
                "10 s without a new record in either topic, " + heartbeats[0] + " heartbeats aside"
                        + (heard.isEmpty() ? "" : ", but there were " + heard));
    }

    private static boolean isHeartbeat(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value()).path("kind").asText().equals("heartbeat");
        } catch (IOException e) {
            throw new UncheckedIOException("a record is not JSON", e);
        }
    }
}
