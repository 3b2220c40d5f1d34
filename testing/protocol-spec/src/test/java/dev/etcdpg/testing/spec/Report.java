package dev.etcdpg.testing.spec;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The result of a run of TLC.
 *
 * @param states the number of distinct states, 0 if the output has no number
 * @param depth the depth of the state graph, 0 if the search was not completed
 * @param violated the invariant or property that does not hold, or ""
 * @param complete whether TLC explored all states and everything holds
 * @param output the file with the output of TLC
 */
record Report(String name, long states, int depth, String violated, boolean complete, double seconds, Path output) {

    private static final Pattern STATES = Pattern.compile("([\\d,]+) distinct states found");
    private static final Pattern DEPTH = Pattern.compile("depth of the complete state graph search is (\\d+)");
    private static final Pattern VIOLATED =
            Pattern.compile("(?m)^Error: (?:Invariant|Action property|Property) (\\S+) is violated");
    private static final Pattern NOT_SETTLED = Pattern.compile("(?m)^Error: Temporal properties were violated");

    /** @param liveness the liveness property of the configuration, or "". TLC does not print the name of a violated liveness property */
    static Report of(String name, int exit, String said, String liveness, double seconds, Path output) {
        Matcher violation = VIOLATED.matcher(said);
        String violated = violation.find() ? violation.group(1) : "";
        if (NOT_SETTLED.matcher(said).find()) {
            violated = liveness;
        }
        boolean complete = exit == 0
                && said.contains("Model checking completed. No error has been found.")
                && said.contains(" 0 states left on queue.");
        return new Report(name, last(STATES, said), (int) last(DEPTH, said), violated, complete, seconds, output);
    }

    private static long last(Pattern pattern, String said) {
        long value = 0;
        for (Matcher found = pattern.matcher(said); found.find(); ) {
            value = Long.parseLong(found.group(1).replace(",", ""));
        }
        return value;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-80s %,10d distinct states  %5.1f s  %s",
                name,
                states,
                seconds,
                complete
                        ? "holds, depth " + depth
                        : violated.isEmpty() ? "FAILED: see " + output : "violates " + violated);
    }
}
