package dev.etcdpg.core.record;

import java.util.Locale;
import org.apache.kafka.connect.errors.DataException;

/** What the etcd sink says of a change that it did not write. */
public enum Outcome {
    /** The key was not at the base revision, or the epoch was another one. */
    REFUSED,
    /** The answer to a probe: it was dealt with, and no answer of its own is there, so it had been written. */
    PROCESSED,
    /** etcd will never take it. */
    FAILED;

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws DataException if it is none of them */
    public static Outcome ofWire(String text) {
        for (Outcome outcome : values()) {
            if (outcome.wire().equals(text)) {
                return outcome;
            }
        }
        throw Fields.unknown("outcome", text);
    }
}
