package dev.etcdpg.tool.verify;

import dev.etcdpg.tool.compare.Finding;

/**
 * A key that differs, and why.
 *
 * @param note what is known beside the finding; empty if nothing is
 */
public record KeyDifference(String key, Finding finding, String note) {

    /** Describes the difference, without a value. */
    public String sentence() {
        return finding.sentence() + (note.isEmpty() ? "" : " (" + note + ")");
    }
}
