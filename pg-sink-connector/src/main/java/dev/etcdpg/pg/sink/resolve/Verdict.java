package dev.etcdpg.pg.sink.resolve;

import java.util.List;

/**
 * What has become of a key.
 *
 * @param effects in order
 * @param rowFollows whether the row becomes what {@code after} mirrors; else it keeps its local value
 * @param value the value that the row then has, if an input brought it; null if it is absent, unrepresentable or older (see the history)
 * @param skipped inputs that said nothing new
 */
public record Verdict(
        KeyState before, KeyState after, List<Effect> effects, boolean rowFollows, String value, int skipped) {

    public boolean isChanged() {
        return !after.equals(before);
    }

    /** Whether dispatch has to look at the key because of this. */
    public boolean wakes() {
        return isChanged() && after.needsDispatch();
    }

    /** Whether the table must have a row for the key now. */
    public boolean wantsRow() {
        return rowFollows && after.mirror().content().isValue();
    }
}
