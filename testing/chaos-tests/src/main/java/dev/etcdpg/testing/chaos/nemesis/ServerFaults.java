package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.servers.LocalServer;
import dev.etcdpg.testing.stack.Stack;
import java.util.function.Consumer;

/** Faults that kill and freeze servers. */
public final class ServerFaults {
    private final Stack stack;

    ServerFaults(Stack stack) {
        this.stack = stack;
    }

    void kill(ScheduledFault step, Consumer<String> say) throws InterruptedException {
        LocalServer server = server(step);
        server.kill();
        say.accept("kill -9 " + server.name());
        try {
            Thread.sleep(step.lasts().toMillis());
        } finally {
            Retry.on(server::start);
        }
    }

    void freeze(ScheduledFault step, Consumer<String> say) throws InterruptedException {
        LocalServer server = server(step);
        server.stop();
        say.accept("kill -STOP " + server.name());
        try {
            Thread.sleep(step.lasts().toMillis());
        } finally {
            server.cont();
        }
    }

    private LocalServer server(ScheduledFault step) {
        return stack.servers().stream()
                .filter(server -> server.name().equals(step.target()))
                .findFirst()
                .orElseThrow();
    }
}
