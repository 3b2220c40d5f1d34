package dev.etcdpg.testing.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Which faults come when, round by round. It depends on the seed and on nothing else. */
final class Schedule {
    private static final int FIRST_MILLIS = 1_000;
    private static final int TOGETHER_MILLIS = 400;
    private static final int APART_MILLIS = 6_000;

    private final Random random;
    private final Deck<Kind> kinds;
    private final Map<Kind, Deck<String>> targets = new EnumMap<>(Kind.class);

    Schedule(long seed) {
        random = new Random(seed);
        kinds = new Deck<>(
                Arrays.stream(Kind.values())
                        .flatMap(kind -> Collections.nCopies(kind.weight(), kind).stream())
                        .toList(),
                random);
        for (Kind kind : Kind.values()) {
            targets.put(kind, new Deck<>(kind.targets(), random));
        }
    }

    /** The next round: faults that begin within {@code length}, in order; one in three overlaps the one before. */
    List<Step> round(Duration length) {
        List<Step> steps = new ArrayList<>();
        long at = random.nextInt(FIRST_MILLIS);
        while (at < length.toMillis()) {
            steps.add(step(Duration.ofMillis(at)));
            at += random.nextInt(3) == 0 ? random.nextInt(TOGETHER_MILLIS) : random.nextInt(APART_MILLIS);
        }
        return steps;
    }

    private Step step(Duration at) {
        Kind kind = kinds.draw();
        String target = targets.get(kind).draw();
        int millis = kind.shortestMillis() + random.nextInt(kind.longestMillis() - kind.shortestMillis() + 1);
        return new Step(at, kind, target, Duration.ofMillis(millis), random.nextLong());
    }
}
