package dev.etcdpg.tool.verify;

import dev.etcdpg.core.KeyRange;
import java.nio.charset.StandardCharsets;

/** Bounds of ranges in requests. */
final class Bounds {

    private Bounds() {}

    /** Returns the longest beginning of a text that a bound can have. */
    static String atMost(String text) {
        String bound = text;
        while (bound.getBytes(StandardCharsets.UTF_8).length > KeyRange.MAX_BOUND_BYTES) {
            bound = bound.substring(0, bound.offsetByCodePoints(bound.length(), -1));
        }
        return bound;
    }
}
