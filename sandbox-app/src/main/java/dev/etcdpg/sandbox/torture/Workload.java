package dev.etcdpg.sandbox.torture;

import dev.etcdpg.sandbox.Stack;
import java.util.Map;

/**
 * Writers on both sides, straight to the stores. They survive any server being away, and their own record says afterwards
 * what they committed.
 */
public final class Workload implements AutoCloseable {
    /** @param seed decides what is written; when, the machine decides */
    public Workload(Stack stack, long seed) {}

    /** Begins to record etcd's history, then to write. */
    public void start() {}

    /** Returns when no transaction of a writer is open and it is known of each whether it was committed. */
    public void pause() {}

    public void resume() {}

    /** The revision up to which etcd's history of the prefix has been recorded, and etcd may be compacted. */
    public long recordedThrough() {
        return 0;
    }

    /** What was committed so far, by kind, like "etcd puts", "SQL deletes". */
    public Map<String, Long> counts() {
        return Map.of();
    }

    @Override
    public void close() {}
}
