package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Checkout;
import dev.etcdpg.testing.stack.DeleteFolder;
import dev.etcdpg.testing.stack.Stack;
import java.nio.file.Files;
import picocli.CommandLine.Command;

@Command(name = "down", description = "Stops all servers and removes their data.")
final class DownCommand implements Runnable {
    @Override
    public void run() {
        if (!Files.isDirectory(Checkout.upFolder())) {
            System.out.println("Nothing is up.");
            return;
        }
        Stack stack = Stack.running();
        stack.down();
        DeleteFolder.delete(Checkout.upFolder());
        System.out.println("All servers are stopped, their data is removed.");
    }
}
