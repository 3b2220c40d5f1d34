package dev.etcdpg.testing.it;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Counts the outcomes by kind of input. */
final class HostileTally {
    enum End {
        /** The other side has the input, byte for byte. */
        MIRRORED,
        DEAD_LETTER,
        /** The statement with the input failed. */
        REFUSED,
        /** The input was well-formed and correctly had no effect. */
        WITHOUT_EFFECT
    }

    private final Map<String, int[]> counts = new LinkedHashMap<>();

    void count(String kind, End end) {
        counts.computeIfAbsent(kind, k -> new int[End.values().length])[end.ordinal()]++;
    }

    String table() {
        StringBuilder table = new StringBuilder(String.format(
                "%-62s %8s %8s %8s %8s %8s%n", "input", "sent", "mirrored", "letters", "refused", "no effect"));
        int[] all = new int[End.values().length];
        counts.forEach((kind, ends) -> {
            table.append(line(kind, ends));
            for (int i = 0; i < ends.length; i++) {
                all[i] += ends[i];
            }
        });
        return table.append(line("all", all)).toString();
    }

    private static String line(String kind, int[] ends) {
        return String.format(
                Locale.ROOT,
                "%-62s %,8d %,8d %,8d %,8d %,8d%n",
                kind,
                Arrays.stream(ends).sum(),
                ends[0],
                ends[1],
                ends[2],
                ends[3]);
    }
}
