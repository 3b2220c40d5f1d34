package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Stack;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "kill", description = "Sends SIGKILL to a server and its children. The data stays.")
final class KillCommand implements Runnable {
    @Parameters(paramLabel = "NAME", description = "etcd, postgres, kafka, connect-1 or connect-2.")
    private String name;

    @Override
    public void run() {
        Stack.running().server(name).kill();
    }
}
