package dev.etcdpg.pg.sink.resolve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of inputs for a key.
 *
 * @param effects in order
 * @param rowFollows whether the row takes the content that {@code after} mirrors; otherwise the row keeps its local value
 * @param value value of the row, if an input brought it; null if the key is absent or unrepresentable, or if the value is in the history
 * @param skipped number of inputs that said nothing new
 */
public record Verdict(
        KeySyncState before,
        KeySyncState after,
        List<Effect> effects,
        boolean rowFollows,
        @Nullable String value,
        int skipped) {

    public boolean isChanged() {
        return !after.equals(before);
    }

    /** Returns whether dispatch must look at the key because of the inputs. */
    public boolean needsDispatch() {
        return isChanged() && after.needsDispatch();
    }

    /** Returns whether the table must have a row for the key now. */
    public boolean wantsRow() {
        return rowFollows && after.mirror().content().isValue();
    }
}
