package dev.etcdpg.sandbox.torture;

import dev.etcdpg.sandbox.Stack;
import dev.etcdpg.servers.LocalServer;
import java.util.function.Consumer;

/** Servers killed and frozen. */
final class ServerFaults {
    private final Stack stack;

    ServerFaults(Stack stack) {
        this.stack = stack;
    }

    void kill(Step step, Consumer<String> say) throws InterruptedException {
        LocalServer server = server(step);
        say.accept("kill -9 " + server.name());
        server.kill();
        try {
            Thread.sleep(step.lasts().toMillis());
        } finally {
            Insistence.on(server::start);
        }
    }

    void freeze(Step step, Consumer<String> say) throws InterruptedException {
        LocalServer server = server(step);
        say.accept("kill -STOP " + server.name());
        server.stop();
        try {
            Thread.sleep(step.lasts().toMillis());
        } finally {
            server.cont();
        }
    }

    private LocalServer server(Step step) {
        return stack.servers().stream()
                .filter(server -> server.name().equals(step.target()))
                .findFirst()
                .orElseThrow();
    }
}
