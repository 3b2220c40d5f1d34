package dev.etcdpg.etcd.source.history;

import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.source.history.HistoryCheck.EventMatch;
import dev.etcdpg.etcd.source.history.HistoryCheck.Verdict;
import dev.etcdpg.etcd.source.offset.SeenHistory;

/** The rule that decides whether etcd still has the history that was delivered: {@link HistoryCheck#decide}. Tests replace it. */
@FunctionalInterface
public interface HistoryRule {

    /** See {@link HistoryCheck#decide}. */
    Verdict decide(SeenHistory before, EtcdState now, EventMatch event, int partitions);
}
