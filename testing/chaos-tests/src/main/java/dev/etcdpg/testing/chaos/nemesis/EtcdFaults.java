package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.chaos.history.Compactions;
import dev.etcdpg.testing.stack.Stack;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Faults that compact etcd, while the source follows or while it is stopped. */
public final class EtcdFaults {
    private final Stack stack;
    private final LongSupplier through;
    private final Compactions compactions;
    private final AnsweringWorker rest;

    /** @param through the highest revision for a compaction */
    EtcdFaults(Stack stack, LongSupplier through, Compactions compactions, AnsweringWorker rest) {
        this.stack = stack;
        this.through = through;
        this.compactions = compactions;
        this.rest = rest;
    }

    void compact(ScheduledFault step, Consumer<String> say) {
        say.accept("compact etcd to " + compact());
    }

    void compactUnseen(ScheduledFault step, Consumer<String> say) throws InterruptedException {
        try {
            rest.connect().stop(step.target());
            Thread.sleep(step.lasts().toMillis());
            say.accept("stop " + step.target() + " and compact etcd to " + compact());
        } finally {
            rest.resume(step.target());
        }
    }

    private long compact() {
        long revision = through.getAsLong();
        compactions.begins(revision);
        stack.etcd().etcdctl("compact", Long.toString(revision));
        return revision;
    }
}
