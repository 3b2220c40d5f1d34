package dev.etcdpg.sandbox.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;

/** Inflicts the faults of a round, each at its time; those of the same target one after the other. */
final class Storm {
    private final Faults faults;
    private final Journal journal;
    private final ExecutorService threads;
    private final Map<String, ReentrantLock> targets = new ConcurrentHashMap<>();

    /** @param threads as many as there are faults at a time */
    Storm(Faults faults, Journal journal, ExecutorService threads) {
        this.faults = faults;
        this.journal = journal;
        this.threads = threads;
    }

    /** Returns when the last fault is healed. */
    void blow(List<Step> steps) throws InterruptedException {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        Duration start = journal.elapsed();
        for (Step step : steps) {
            long wait = start.plus(step.at()).minus(journal.elapsed()).toMillis();
            Thread.sleep(Math.max(0, wait));
            running.add(CompletableFuture.runAsync(() -> inflict(step), threads));
        }
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
    }

    private void inflict(Step step) {
        String kind = step.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        ReentrantLock target = targets.computeIfAbsent(step.target(), name -> new ReentrantLock());
        target.lock();
        try {
            faults.of(step.kind()).inflict(step, what -> journal.say(what + duration(step)));
            journal.count(kind);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception otherFault) {
            journal.say("  (" + kind + " of " + step.target() + " could not be done: " + firstLine(otherFault) + ")");
            journal.count("could not be done");
        } finally {
            target.unlock();
        }
    }

    private static String duration(Step step) {
        return step.lasts().isZero()
                ? ""
                : String.format(Locale.ROOT, ", %.1f s", step.lasts().toMillis() / 1000.0);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
