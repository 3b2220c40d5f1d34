package dev.etcdpg.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.ConnectWorker;
import dev.etcdpg.testing.servers.LocalServer;
import dev.etcdpg.testing.servers.ServerException;
import dev.etcdpg.testing.stack.Checkout;
import dev.etcdpg.testing.stack.SandboxException;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.TextTable;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

@Command(name = "status", description = "Prints the state of the servers and the connectors.")
final class StatusCommand implements Runnable {
    @Override
    public void run() {
        if (!Files.isDirectory(Checkout.upFolder())) {
            System.out.println("Nothing is up.");
            return;
        }
        Stack stack = Stack.running();
        TextTable servers = new TextTable(List.of("server", "state", "pid", "address", "log"));
        for (LocalServer server : stack.servers()) {
            String state = !server.isRunning() ? "dead" : server.isStopped() ? "stopped" : "running";
            servers.row(List.of(
                    server.name(),
                    state,
                    server.isRunning() ? Long.toString(server.pid()) : "",
                    address(stack, server),
                    Checkout.root().relativize(server.log()).toString()));
        }
        System.out.print(servers);
        System.out.println();
        Optional<ConnectWorker> answering = stack.workers().stream()
                .filter(worker -> worker.isRunning() && !worker.isStopped())
                .findFirst();
        if (answering.isEmpty()) {
            System.out.println("No Connect worker runs.");
        } else {
            System.out.print(connectors(answering.get().connect()));
        }
    }

    private static String address(Stack stack, LocalServer server) {
        if (server == stack.etcd()) {
            return stack.etcd().endpoint();
        }
        if (server == stack.postgres()) {
            return stack.postgres().host() + ":" + stack.postgres().port();
        }
        return server == stack.kafka() ? stack.kafka().bootstrap() : ((ConnectWorker) server).url();
    }

    private static TextTable connectors(Connect connect) {
        TextTable table = new TextTable(List.of("connector", "state", "tasks"));
        try {
            for (String name : connect.connectors()) {
                JsonNode status = connect.status(name);
                List<String> tasks = new ArrayList<>();
                status.path("tasks")
                        .forEach(task -> tasks.add(task.path("state").asText() + " on "
                                + task.path("worker_id").asText()));
                table.row(List.of(name, status.path("connector").path("state").asText(), String.join(", ", tasks)));
            }
        } catch (ServerException e) {
            throw new SandboxException("the Connect worker does not answer: " + e.getMessage(), e);
        }
        return table;
    }
}
