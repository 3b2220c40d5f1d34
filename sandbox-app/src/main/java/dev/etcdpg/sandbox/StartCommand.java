package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Stack;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "start", description = "Starts a killed server again with its data and ports.")
final class StartCommand implements Runnable {
    @Parameters(paramLabel = "NAME", description = "etcd, postgres, kafka, connect-1 or connect-2.")
    private String name;

    @Override
    public void run() {
        Stack.running().serverToStart(name).start();
    }
}
