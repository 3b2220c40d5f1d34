package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.testing.kit.TestSourceContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Runs a task and keeps none of its records. Thus the heap of the program limits the memory of the task. */
final class SmallHeapReader {

    static final String READY = "ready";
    static final String READ_AGAIN = "read again";

    private SmallHeapReader() {}

    /** @param args the endpoint, and the number of deletions after which the program ends; a second snapshot also ends the program */
    public static void main(String[] args) throws InterruptedException {
        Map<String, String> config = new HashMap<>(Map.of(
                "name", "source", "etcd.endpoints", args[0], "etcd.prefix", "/app/", "heartbeat.interval.ms", "500"));
        long expected = Long.parseLong(args[1]);
        Map<Map<String, ?>, Map<String, Object>> stored = new HashMap<>();
        EtcdSourceTask task = new EtcdSourceTask();
        task.initialize(new TestSourceContext(config, stored));
        task.start(config);
        long deleted = 0;
        boolean ready = false;
        while (deleted < expected && task.metrics().get(SourceMetrics.Counter.SNAPSHOTS_ENDED) < 2) {
            List<SourceRecord> records = task.poll();
            if (records != null) {
                for (SourceRecord record : records) {
                    TestSourceContext.store(stored, record);
                    task.commitRecord(record, null);
                    deleted += isDelete(record) ? 1 : 0;
                }
                task.commit();
            }
            boolean snapshotEnded =
                    stored.values().stream().anyMatch(offset -> Long.valueOf(0).equals(offset.get("snapshot")));
            if (snapshotEnded && !ready) {
                ready = true;
                System.out.println(READY);
            }
        }
        System.out.println(deleted < expected ? READ_AGAIN : "deleted " + deleted);
        task.stop();
    }

    private static boolean isDelete(SourceRecord record) {
        return record.value() instanceof Struct value
                && value.schema().field("op") != null
                && value.getString("op").equals("d");
    }
}
