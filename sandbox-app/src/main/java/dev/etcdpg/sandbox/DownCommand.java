package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Checkout;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import picocli.CommandLine.Command;

@Command(name = "down", description = "Stops all servers and removes their data.")
final class DownCommand implements Callable<Void> {
    @Override
    public Void call() throws IOException {
        if (!Files.isDirectory(Checkout.upFolder())) {
            System.out.println("Nothing is up.");
            return null;
        }
        Stack stack = Stack.running();
        stack.down();
        FileUtils.deleteDirectory(Checkout.upFolder().toFile());
        System.out.println("All servers are stopped and their data is removed.");
        return null;
    }
}
