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

/** Waits until the system has settled: all connectors are RUNNING, no change is pending, and both sides have equal keys. */
public final class Settling {
    private static final Duration AGAIN = Duration.ofMillis(200);
    private static final int NAMED = 5;

    /** More than the number of keys, so that pending changes count more than unequal keys. */
    private static final long ALL_KEYS = 1_000_000;

    /**
     * The parts that have not settled, in sentences.
     *
     * @param left the remaining work; less is nearer to settled
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
     * Waits until the system has settled, and returns the parts that have not, in sentences.
     *
     * @param patience how long the remaining work may stay the same
     * @param atMost how long settling may take
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
