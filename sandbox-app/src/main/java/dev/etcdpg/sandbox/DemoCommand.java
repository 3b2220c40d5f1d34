package dev.etcdpg.sandbox;

import dev.etcdpg.sandbox.demo.Demo;
import dev.etcdpg.testing.stack.Checkout;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.StackSecurity;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = "Starts a stack of its own, shows what the connectors do, checks each step, and stops the stack.")
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--chapter",
            paramLabel = "N",
            description = "The number of a chapter to run; repeat the option for several (default: all).")
    private List<Integer> chapters = List.of();

    @Option(names = "--secure", description = "With TLS, users and roles of least rights, as up --secure.")
    private boolean secure;

    @Override
    public Integer call() throws IOException {
        // A demo that was killed leaves its data.
        FileUtils.deleteDirectory(Checkout.demoFolder().toFile());
        StackSecurity security = secure ? StackSecurity.secured(Checkout.demoFolder()) : StackSecurity.none();
        Stack stack = new Stack(Checkout.demoFolder(), false, security);
        try {
            return new Demo(stack, System.out).run(Set.copyOf(chapters)) ? 0 : 1;
        } finally {
            stack.down();
            FileUtils.deleteDirectory(Checkout.demoFolder().toFile());
        }
    }
}
