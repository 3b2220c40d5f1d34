package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Stack;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "stop", description = "Sends SIGSTOP to a server. The server stops and its connections stay open.")
final class StopCommand implements Runnable {
    @Parameters(paramLabel = "NAME", description = "etcd, postgres, kafka, connect-1 or connect-2.")
    private String name;

    @Override
    public void run() {
        Stack.running().server(name).stop();
    }
}
