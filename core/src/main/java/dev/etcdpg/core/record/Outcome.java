package dev.etcdpg.core.record;

import java.util.Locale;
import org.apache.kafka.connect.errors.DataException;

/** The etcd sink's answer to a change that it did not write. */
public enum Outcome {
    /** The key was not at the base revision, or the epoch was another one. */
    REFUSED,
    /** Answer to a probe: the change was processed and has no other answer, so it was written. */
    PROCESSED,
    /** etcd can never accept the change. */
    FAILED;

    /** Returns the text of the outcome in records. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws DataException if no outcome has this text */
    public static Outcome ofWire(String text) {
        for (Outcome outcome : values()) {
            if (outcome.wire().equals(text)) {
                return outcome;
            }
        }
        throw Fields.unknown("outcome", text);
    }
}
