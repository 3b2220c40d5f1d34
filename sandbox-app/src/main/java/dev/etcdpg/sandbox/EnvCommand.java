package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Stack;
import picocli.CommandLine.Command;

@Command(name = "env", description = "Prints addresses and names as lines of NAME=value.")
final class EnvCommand implements Runnable {
    @Override
    public void run() {
        Stack.running().environment().forEach((name, value) -> System.out.println(name + "=" + value));
    }
}
