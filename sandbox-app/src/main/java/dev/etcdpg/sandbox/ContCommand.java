package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Stack;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "cont", description = "Sends SIGCONT to a stopped server, which continues.")
final class ContCommand implements Runnable {
    @Parameters(paramLabel = "NAME", description = "etcd, postgres, kafka, connect-1 or connect-2.")
    private String name;

    @Override
    public void run() {
        Stack.running().server(name).cont();
    }
}
