package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.source.history.HistoryCheck;
import dev.etcdpg.etcd.source.history.HistoryRule;
import dev.etcdpg.etcd.source.history.WatchStartRule;

/**
 * Rules of the protocol that a reader follows. Tests replace a rule to show what breaks without it.
 *
 * @param history decides whether etcd still has the history that was delivered
 * @param answers decides whether an answer waits for the end of a snapshot
 * @param watchStarts decides whether a watch misses no event
 */
public record ReaderRules(HistoryRule history, AnswerRule answers, WatchStartRule watchStarts) {

    /** Decides whether an answer waits for the end of a snapshot. The snapshot sends all current answers at its end. */
    @FunctionalInterface
    public interface AnswerRule {

        /** @param covered whether a snapshot of the answer's key is running or wanted */
        boolean isHeldBack(boolean covered);
    }

    /** The rules of the protocol. */
    public static final ReaderRules PROTOCOL =
            new ReaderRules(HistoryCheck::decide, covered -> covered, compacted -> !compacted);
}
