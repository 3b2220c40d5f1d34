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
    /** The long faults have random numbers of their own, so that they do not change the other faults of a seed. */
    private static final long LONG = 0x1ea9L;

    private static final int ROUNDS_FOR_A_LONG_FAULT = 3;

    private final Random random;
    private final Random longRandom;
    private final Deck<FaultKind> kinds;
    private final Deck<FaultKind> longKinds;
    private final Map<FaultKind, Deck<String>> targets = new EnumMap<>(FaultKind.class);
    private int rounds;

    public Schedule(long seed) {
        random = new Random(seed);
        longRandom = new Random(seed ^ LONG);
        kinds = deck(false, random);
        longKinds = deck(true, longRandom);
        for (FaultKind kind : FaultKind.values()) {
            targets.put(kind, new Deck<>(kind.targets(), kind.isLong() ? longRandom : random));
        }
    }

    private static Deck<FaultKind> deck(boolean isLong, Random random) {
        return new Deck<>(
                Arrays.stream(FaultKind.values())
                        .filter(kind -> kind.isLong() == isLong)
                        .flatMap(kind -> Collections.nCopies(kind.weight(), kind).stream())
                        .toList(),
                random);
    }

    /**
     * Draws the faults of the next round, which begin within {@code length}, in order. One in three overlaps the fault before it. Each third
     * round ends with a long fault.
     */
    public List<ScheduledFault> round(Duration length) {
        List<ScheduledFault> steps = new ArrayList<>();
        long at = random.nextInt(FIRST_MILLIS);
        while (at < length.toMillis()) {
            steps.add(step(Duration.ofMillis(at), kinds.draw(), random));
            at += random.nextInt(3) == 0 ? random.nextInt(TOGETHER_MILLIS) : random.nextInt(APART_MILLIS);
        }
        if (++rounds % ROUNDS_FOR_A_LONG_FAULT == 0) {
            steps.add(step(length, longKinds.draw(), longRandom));
        }
        return steps;
    }

    private ScheduledFault step(Duration at, FaultKind kind, Random random) {
        String target = targets.get(kind).draw();
        int millis = kind.shortestMillis() + random.nextInt(kind.longestMillis() - kind.shortestMillis() + 1);
        return new ScheduledFault(at, kind, target, Duration.ofMillis(millis), random.nextLong());
    }
}
