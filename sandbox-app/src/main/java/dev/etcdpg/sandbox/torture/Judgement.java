package dev.etcdpg.sandbox.torture;

import dev.etcdpg.sandbox.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Judges what the connectors made of a workload that pauses. */
public final class Judgement {
    /** Remembers how things stand before the first write; create it before the workload starts. */
    public Judgement(Stack stack, Workload workload) {}

    /** Waits, at most that long, until everything has settled, and judges everything since the beginning. */
    public Report judge(Duration patience) {
        return new Report(List.of(), Map.of(), Duration.ZERO);
    }
}
