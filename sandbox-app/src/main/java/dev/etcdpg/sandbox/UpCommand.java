package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Checkout;
import dev.etcdpg.testing.stack.SandboxException;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.StackSecurity;
import java.nio.file.Files;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "up",
        description = "Starts the stack, and returns when the four connectors are RUNNING and the table exists.")
final class UpCommand implements Runnable {
    @Option(names = "--workers", defaultValue = "1", description = "Connect workers, 1 or 2 (default: 1).")
    private int workers;

    @Option(
            names = "--secure",
            description =
                    "Makes certificates and passwords, and runs the stack with mutual TLS and users to etcd, TLS and roles to PostgreSQL."
                            + " Each role has least rights. Later commands need no option.")
    private boolean secure;

    @Override
    public void run() {
        if (workers < 1 || workers > 2) {
            throw new SandboxException("--workers must be 1 or 2");
        }
        boolean before = Files.isDirectory(Checkout.upFolder());
        StackSecurity security =
                secure ? StackSecurity.secured(Checkout.upFolder()) : StackSecurity.of(Checkout.upFolder());
        new Stack(Checkout.upFolder(), true, security).up(workers, line -> System.err.println("  " + line));
        System.out.println((before ? "The stack is up." : "The stack is up, with empty data.")
                + " Try: ./sandbox etcdctl put " + Stack.PREFIX + "hello world; ./sandbox sql \"select * from etcd\"");
    }
}
