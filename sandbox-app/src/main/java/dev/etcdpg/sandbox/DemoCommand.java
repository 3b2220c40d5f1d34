package dev.etcdpg.sandbox;

import dev.etcdpg.sandbox.demo.Demo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "demo", description = "Starts a stack of its own, tells the story, checks every step, stops it.")
final class DemoCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        // What a demo that was killed has left.
        DeleteFolder.delete(Checkout.demoFolder());
        Stack stack = new Stack(Checkout.demoFolder(), false);
        try {
            return new Demo(stack, System.out).run() ? 0 : 1;
        } finally {
            stack.down();
            DeleteFolder.delete(Checkout.demoFolder());
        }
    }
}
