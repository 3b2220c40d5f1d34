package dev.etcdpg.testing.chaos.checker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.testing.chaos.history.PostgresRecords;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.ServerException;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.SandboxException;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/** Whether everything has settled: all is RUNNING, nothing is pending, both sides are equal key by key. */
public final class Settling {
    private static final Duration AGAIN = Duration.ofMillis(200);
    private static final int NAMED = 5;

    /** More than there are: first nothing may be pending, then both sides become equal. */
    private static final long ALL_KEYS = 1_000_000;

    /**
     * What has not settled, in sentences.
     *
     * @param left the less, the nearer
     */
    private record Open(long left, List<String> sentences) {}

    private final Stack stack;
    private final EtcdHttpClient etcd;
    private final PostgresRecords bookkeeping;

    Settling(Stack stack, EtcdHttpClient etcd, PostgresRecords bookkeeping) {
        this.stack = stack;
        this.etcd = etcd;
        this.bookkeeping = bookkeeping;
    }

    /**
     * Waits until it has settled; gives what has not, in sentences.
     *
     * @param patience how long nothing may become less
     * @param atMost how long it may take
     */
    List<String> await(Duration patience, Duration atMost) throws InterruptedException {
        ProgressDeadline left = new ProgressDeadline(patience, atMost, System::nanoTime);
        while (true) {
            Open open = open();
            if (left.isOver(open.left()) || open.sentences().isEmpty()) {
                return open.sentences();
            }
            Thread.sleep(AGAIN.toMillis());
        }
    }

    private Open open() {
        try {
            List<String> open = new ArrayList<>(notRunning());
            open.addAll(bookkeeping.unfinished());
            if (!open.isEmpty()) {
                return new Open(ALL_KEYS + bookkeeping.pending(), open);
            }
            List<String> unequal = Equality.differences(etcd.all(Stack.PREFIX).values(), bookkeeping.table());
            if (!unequal.isEmpty()) {
                open.add(unequal.size() + " keys differ, like "
                        + String.join(", ", unequal.subList(0, Math.min(NAMED, unequal.size()))));
            }
            open.addAll(bookkeeping.differences());
            return new Open(unequal.size(), open);
        } catch (IOException | SQLException | ServerException | KafkaException | SandboxException e) {
            return new Open(Long.MAX_VALUE, List.of("a server does not answer: " + e.getMessage()));
        }
    }

    private List<String> notRunning() {
        Connect connect = stack.connect();
        List<String> not = new ArrayList<>();
        for (String name : connect.connectors()) {
            if (!connect.isRunning(name)) {
                String failure = connect.failure(name);
                not.add(name + " is not RUNNING: "
                        + (failure == null
                                ? states(connect.status(name))
                                : failure.lines().findFirst().orElse("")));
            }
        }
        return not;
    }

    private static String states(JsonNode status) {
        List<String> states = new ArrayList<>();
        states.add(status.path("connector").path("state").asText());
        status.path("tasks")
                .forEach(task -> states.add(
                        "task " + task.path("id") + " " + task.path("state").asText()));
        return String.join(", ", states);
    }
}
