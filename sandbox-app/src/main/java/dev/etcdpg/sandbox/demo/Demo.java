package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.stack.Stack;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Starts the stack and runs the chapters of the demo in order. */
public final class Demo {
    private static final List<Chapter> CHAPTERS = List.of(
            new BothWays(),
            new Bulk(),
            new QuickUpdates(),
            new BothSidesAtOnce(),
            new NoEcho(),
            Crash.worker(),
            Crash.broker(),
            Crash.postgres(),
            Crash.etcd(),
            new Refused(),
            new RoundTrip());

    private final Stack stack;
    private final PrintStream out;

    public Demo(Stack stack, PrintStream out) {
        this.stack = stack;
        this.out = out;
    }

    /** Returns the numbers of the chapters without checks of time, which a busy machine fails. */
    public static Set<Integer> untimed() {
        return IntStream.rangeClosed(1, CHAPTERS.size())
                .filter(number -> !CHAPTERS.get(number - 1).isTimed())
                .boxed()
                .collect(Collectors.toSet());
    }

    /**
     * Runs chapters.
     *
     * @param numbers numbers of chapters, from 1; empty for all
     * @return whether every check passed
     */
    public boolean run(Set<Integer> numbers) {
        long start = System.nanoTime();
        out.println("Starting the stack.");
        stack.up(1, line -> out.println("  " + line));
        List<String> failed = new ArrayList<>();
        try (DemoWorld world = new DemoWorld(stack, out)) {
            world.begin();
            for (int i = 0; i < CHAPTERS.size(); i++) {
                Chapter chapter = CHAPTERS.get(i);
                if (!numbers.isEmpty() && !numbers.contains(i + 1)) {
                    continue;
                }
                out.println();
                out.println((i + 1) + ". " + chapter.title());
                if (!passes(chapter, world)) {
                    failed.add((i + 1) + ". " + chapter.title());
                }
            }
        }
        out.println();
        if (failed.isEmpty()) {
            out.println("All checks passed, in "
                    + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s.");
        } else {
            out.println("FAILED:");
            failed.forEach(title -> out.println("  " + title));
        }
        return failed.isEmpty();
    }

    private boolean passes(Chapter chapter, DemoWorld world) {
        try {
            chapter.tell(world);
            world.awaitRunning();
            return true;
        } catch (CheckFailed e) {
            out.println("  NO  " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            out.println("  NO  interrupted");
        } catch (Exception e) {
            out.println("  NO  " + e);
            e.printStackTrace(out);
        }
        return false;
    }
}
