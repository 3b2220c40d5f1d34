package dev.etcdpg.testing.chaos.nemesis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Draws the faults of each round and their times. The schedule depends on the seed alone. */
public final class Schedule {
    private static final int FIRST_MILLIS = 1_000;
    private static final int TOGETHER_MILLIS = 400;
    private static final int APART_MILLIS = 6_000;

    private final Random random;
    private final Deck<FaultKind> kinds;
    private final Map<FaultKind, Deck<String>> targets = new EnumMap<>(FaultKind.class);

    public Schedule(long seed) {
        random = new Random(seed);
        kinds = new Deck<>(
                Arrays.stream(FaultKind.values())
                        .flatMap(kind -> Collections.nCopies(kind.weight(), kind).stream())
                        .toList(),
                random);
        for (FaultKind kind : FaultKind.values()) {
            targets.put(kind, new Deck<>(kind.targets(), random));
        }
    }

    /** Draws the faults of the next round, which begin within {@code length}, in order. One in three overlaps the fault before it. */
    public List<ScheduledFault> round(Duration length) {
        List<ScheduledFault> steps = new ArrayList<>();
        long at = random.nextInt(FIRST_MILLIS);
        while (at < length.toMillis()) {
            steps.add(step(Duration.ofMillis(at)));
            at += random.nextInt(3) == 0 ? random.nextInt(TOGETHER_MILLIS) : random.nextInt(APART_MILLIS);
        }
        return steps;
    }

    private ScheduledFault step(Duration at) {
        FaultKind kind = kinds.draw();
        String target = targets.get(kind).draw();
        int millis = kind.shortestMillis() + random.nextInt(kind.longestMillis() - kind.shortestMillis() + 1);
        return new ScheduledFault(at, kind, target, Duration.ofMillis(millis), random.nextLong());
    }
}
