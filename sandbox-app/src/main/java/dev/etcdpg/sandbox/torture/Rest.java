package dev.etcdpg.sandbox.torture;

import dev.etcdpg.sandbox.Stack;
import dev.etcdpg.servers.Connect;
import dev.etcdpg.servers.ConnectWorker;
import java.time.Duration;
import java.util.List;

/** Connect's REST API at a worker that answers. */
final class Rest {
    private static final Duration ANSWER = Duration.ofSeconds(45);

    private final Stack stack;

    Rest(Stack stack) {
        this.stack = stack;
    }

    Connect connect() {
        List<ConnectWorker> workers = stack.workers();
        return workers.stream()
                .filter(worker -> worker.isRunning() && !worker.isStopped())
                .findFirst()
                .orElse(workers.get(0))
                .connect()
                .impatient(ANSWER);
    }

    /** Insists, for nothing else would make the connector go on. */
    void resume(String connector) throws InterruptedException {
        Insistence.on(() -> connect().resume(connector));
    }
}
