package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.chaos.history.Journal;
import dev.etcdpg.testing.servers.ServerException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** Inflicts the faults of a round, each at its time. Faults of the same target follow one another. */
public final class Nemesis {
    /**
     * The outcome of the faults of a round.
     *
     * @param drawn faults in the schedule
     * @param done faults that no other fault prevented
     * @param ended when the last fault was healed, in {@link System#nanoTime()}
     */
    public record Result(int drawn, int done, long ended) {}

    private final Function<FaultKind, Fault> faults;
    private final Journal journal;
    private final ExecutorService threads;
    private final Map<String, ReentrantLock> targets = new ConcurrentHashMap<>();

    /** @param threads must have a thread for each concurrent fault */
    public Nemesis(Function<FaultKind, Fault> faults, Journal journal, ExecutorService threads) {
        this.faults = faults;
        this.journal = journal;
        this.threads = threads;
    }

    /**
     * Inflicts the faults, and returns when the last fault is healed.
     *
     * @throws RuntimeException a failure of a fault that no other fault explains
     */
    public Result inflict(List<ScheduledFault> steps) throws InterruptedException {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();
        Duration start = journal.elapsed();
        for (ScheduledFault step : steps) {
            long wait = start.plus(step.at()).minus(journal.elapsed()).toMillis();
            Thread.sleep(Math.max(0, wait));
            running.add(CompletableFuture.runAsync(() -> inflict(step, done), threads));
        }
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException bug ? bug : e;
        }
        return new Result(steps.size(), done.get(), System.nanoTime());
    }

    private void inflict(ScheduledFault step, AtomicInteger done) {
        String kind = step.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        ReentrantLock target = targets.computeIfAbsent(step.target(), name -> new ReentrantLock());
        boolean[] isDone = new boolean[1];
        target.lock();
        try {
            faults.apply(step.kind()).inflict(step, what -> {
                isDone[0] = true;
                done.incrementAndGet();
                journal.count(kind);
                journal.say(what + duration(step));
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ServerException | SQLException | UncheckedIOException otherFault) {
            String not = isDone[0] ? "could not be healed" : "could not be done";
            journal.say("  (" + kind + " of " + step.target() + " " + not + ": " + firstLine(otherFault) + ")");
            journal.count(not);
        } finally {
            target.unlock();
        }
    }

    private static String duration(ScheduledFault step) {
        return step.lasts().isZero()
                ? ""
                : String.format(Locale.ROOT, ", %.1f s", step.lasts().toMillis() / 1000.0);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
