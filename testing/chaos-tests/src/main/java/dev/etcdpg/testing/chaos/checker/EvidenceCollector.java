package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Applied;
import dev.etcdpg.testing.chaos.history.Author;
import dev.etcdpg.testing.chaos.history.Change;
import dev.etcdpg.testing.chaos.history.Compactions;
import dev.etcdpg.testing.chaos.history.Lost;
import dev.etcdpg.testing.chaos.history.PostgresRecords;
import dev.etcdpg.testing.chaos.workload.Workload;
import dev.etcdpg.testing.chaos.workload.WorkloadHistory;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Collects the evidence since the last check that passed: the workload's history, PostgreSQL's records and the topics. */
final class EvidenceCollector {
    /** As in the examples. */
    private static final int PARTITIONS = 4;

    private static final int CONFLATE_AFTER = 10;

    private final Workload workload;
    private final Compactions compactions;
    private final PostgresRecords bookkeeping;
    private final ConnectorTopics topics;
    private long conflictsBefore;

    EvidenceCollector(Workload workload, Compactions compactions, PostgresRecords bookkeeping, ConnectorTopics topics) {
        this.workload = workload;
        this.compactions = compactions;
        this.bookkeeping = bookkeeping;
        this.topics = topics;
    }

    /** Skips all present records. */
    void begin() throws SQLException {
        topics.begin();
        conflictsBefore = bookkeeping.lastConflict();
    }

    /** Checks a round after which the system has settled. */
    void check(RoundVerdict verdict, JudgedRound round, long epoch)
            throws IOException, SQLException, InterruptedException {
        WorkloadHistory written = workload.history();
        written.awaitRecorded();
        Delivered delivered = topics.contents().delivered();
        compactions.revisions().forEach(delivered::compacted);
        List<Change> committed = written.committed();
        List<Lost> conflicts = bookkeeping.conflicts(conflictsBefore);
        List<Applied> history = bookkeeping.history(written.recordedSince());
        verdict.count("changes committed in PostgreSQL", committed.size());
        verdict.count("changes that lost", conflicts.size());
        verdict.count("entries of etcd_history", history.size());
        written.read(recorded -> {
            verdict.add(new Enough(
                            round.length(),
                            round.faultsDrawn(),
                            round.faultsDone(),
                            committed.size(),
                            committed.size() - conflicts.size(),
                            recorded.count(Author.WRITER),
                            recorded.count(Author.SINK))
                    .check());
            verdict.add(new Evidence(
                            recorded,
                            committed,
                            history,
                            conflicts,
                            topics.contents().conflicts(),
                            delivered,
                            key -> KeyPartition.partition(key, PARTITIONS),
                            epoch,
                            CONFLATE_AFTER)
                    .check());
        });
    }

    /** Checks the parts that need no settled system: the writers' own failures, and records that must not be in a topic. */
    void checkAlways(RoundVerdict verdict) {
        verdict.add(workload.failures());
        verdict.add(topics.contents().failures());
        topics.contents().kinds().forEach(verdict::count);
    }

    /** Forgets the checked history, so that a long run needs no more memory than a short one. */
    void forget() throws SQLException {
        workload.forget();
        topics.forget();
        compactions.forget();
        conflictsBefore = bookkeeping.lastConflict();
    }
}
