package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "etcdctl", description = "Runs etcdctl on the sandbox's etcd, as root if etcd has users.")
final class EtcdctlCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ARGS", arity = "0..*", description = "The arguments of etcdctl.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        ProcessBuilder etcdctl =
                new ProcessBuilder(Stack.running().etcd().etcdctlCommand(arguments.toArray(String[]::new))).inheritIO();
        etcdctl.environment().put("ETCDCTL_API", "3");
        return etcdctl.start().waitFor();
    }
}
