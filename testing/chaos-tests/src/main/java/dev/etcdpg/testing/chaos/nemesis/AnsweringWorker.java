package dev.etcdpg.testing.chaos.nemesis;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.ConnectWorker;
import dev.etcdpg.testing.servers.ServerException;
import dev.etcdpg.testing.stack.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Connect's REST API, at a worker that answers. */
public final class AnsweringWorker {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};
    private static final Duration ANSWER = Duration.ofSeconds(45);
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private final Stack stack;

    public AnsweringWorker(Stack stack) {
        this.stack = stack;
    }

    Connect connect() {
        List<ConnectWorker> workers = stack.workers();
        List<ConnectWorker> there = workers.stream()
                .filter(worker -> worker.isRunning() && !worker.isStopped())
                .toList();
        return there.stream()
                .filter(AnsweringWorker::answers)
                .findFirst()
                .or(() -> there.stream().findFirst())
                .orElse(workers.get(0))
                .connect()
                .impatient(ANSWER);
    }

    /** A worker that is starting does not answer. */
    private static boolean answers(ConnectWorker worker) {
        try {
            worker.connect().impatient(MOMENT).connectors();
            return true;
        } catch (ServerException itDoesNot) {
            return false;
        }
    }

    public Map<String, String> config(String connector) {
        return JSON.convertValue(connect().config(connector), STRINGS);
    }

    /** Changes the configuration of a connector if it differs. */
    public void configure(String connector, Map<String, String> config) throws InterruptedException {
        Retry.on(() -> {
            if (!config(connector).equals(config)) {
                connect().put(connector, config);
            }
        });
    }

    /** Resumes a connector, and repeats the request until it succeeds, because nothing else resumes the connector. */
    void resume(String connector) throws InterruptedException {
        Retry.on(() -> connect().resume(connector));
    }
}
