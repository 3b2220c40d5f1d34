package dev.etcdpg.core.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that a mistyped name probably means. */
public final class NearestName {

    private NearestName() {}

    /** Returns the known name with the fewest differences; empty if all names differ in more than a third of their characters. */
    public static Optional<String> of(String name, Collection<String> known) {
        return known.stream()
                .filter(one -> distance(name, one) <= Math.max(1, Math.min(name.length(), one.length()) / 3))
                .min(Comparator.comparingInt(one -> distance(name, one)));
    }

    /**
     * Returns the number of characters to insert, delete, replace or exchange with their neighbour: the optimal string alignment distance, a
     * restricted form of the distance of Damerau and Levenshtein.
     */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
