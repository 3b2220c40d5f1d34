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

/** Inflicts the faults of a round, each at its time; those of the same target one after the other. */
public final class Nemesis {
    /**
     * What became of the faults of a round.
     *
     * @param drawn how many there were
     * @param done those that were not foiled by others
     * @param ended when the last was healed, as {@link System#nanoTime()} has it
     */
    public record Result(int drawn, int done, long ended) {}

    private final Function<FaultKind, Fault> faults;
    private final Journal journal;
    private final ExecutorService threads;
    private final Map<String, ReentrantLock> targets = new ConcurrentHashMap<>();

    /** @param threads as many as there are faults at a time */
    public Nemesis(Function<FaultKind, Fault> faults, Journal journal, ExecutorService threads) {
        this.faults = faults;
        this.journal = journal;
        this.threads = threads;
    }

    /**
     * Returns when the last fault is healed.
     *
     * @throws RuntimeException what a fault threw that no other fault explains
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
