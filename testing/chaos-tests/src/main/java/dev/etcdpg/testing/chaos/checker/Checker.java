package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Applied;
import dev.etcdpg.testing.chaos.history.Author;
import dev.etcdpg.testing.chaos.history.Change;
import dev.etcdpg.testing.chaos.history.Compactions;
import dev.etcdpg.testing.chaos.history.Lost;
import dev.etcdpg.testing.chaos.history.PostgresRecords;
import dev.etcdpg.testing.chaos.history.TaskFailure;
import dev.etcdpg.testing.chaos.history.TaskMoves;
import dev.etcdpg.testing.chaos.history.WorkerLogs;
import dev.etcdpg.testing.chaos.workload.Workload;
import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.SandboxException;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Checks the work of the connectors while the workload pauses. */
public final class Checker {
    private static final String EPOCH = "/etcd-pg-connect/epoch";
    private static final Duration UP = Duration.ofSeconds(120);
    /** How long settling may make no progress. */
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    /** How long after the last fault the system must have settled, on any machine. */
    private static final Duration RECOVERY = Duration.ofMinutes(10);

    private static final Duration SILENCE = Duration.ofSeconds(3);
    /** Longer than the longest retry backoff in the examples, 10 s. */
    private static final Duration LAST_SILENCE = Duration.ofSeconds(12);
    /** As in the examples. */
    private static final int PARTITIONS = 4;

    private static final int CONFLATE_AFTER = 10;

    private final Workload workload;
    private final Compactions compactions;
    private final EtcdHttpClient etcd;
    private final PostgresRecords bookkeeping;
    private final ConnectorTopics topics;
    private final Settling settling;
    private final WorkerLogs logs;
    private final TaskMoves moves;
    private final String epoch;
    private long conflictsBefore;
    /** How long faults could begin, in all rounds so far. */
    private Duration faults = Duration.ZERO;

    /**
     * Remembers the state before the first write. Create the checker before the workload starts, on a stack that is up and silent.
     *
     * @param moves receives the new lines of the workers' logs, and counts from now on
     */
    public Checker(Stack stack, Workload workload, Compactions compactions, TaskMoves moves) {
        this.moves = moves;
        this.workload = workload;
        this.compactions = compactions;
        etcd = new EtcdHttpClient(stack.etcd().endpoint());
        bookkeeping = new PostgresRecords(stack);
        topics = new ConnectorTopics(stack);
        logs = new WorkerLogs(stack);
        settling = new Settling(stack, etcd, bookkeeping);
        try {
            List<String> open = settling.await(UP, UP);
            if (!open.isEmpty()) {
                throw new SandboxException("the stack has not settled before the beginning: " + open);
            }
            topics.begin();
            moves.read(logs.read());
            moves.begin();
            epoch = epoch();
            conflictsBefore = bookkeeping.lastConflict();
        } catch (IOException | SQLException e) {
            throw new SandboxException("the stack is not up: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted before the beginning", e);
        }
    }

    /**
     * Waits until the system has settled, and checks the history since the beginning or since the last check that passed.
     *
     * @param round the round before the check
     */
    public Findings check(JudgedRound round) {
        Duration healing = since(round.faultsEnded());
        try {
            RoundVerdict verdict = new RoundVerdict();
            List<String> open = settling.await(PATIENCE, RECOVERY.minus(healing));
            Duration recovery = since(round.faultsEnded());
            verdict.settled(open, recovery, PATIENCE, RECOVERY);
            if (verdict.holds()) {
                verdict.add(TopicSilence.await(topics, round.isLast() ? LAST_SILENCE : SILENCE));
                verdict.unsettled(settling.await(Duration.ZERO, Duration.ZERO));
                checkEvidence(verdict, round);
            } else {
                topics.read();
            }
            verdict.add(workload.failures());
            verdict.add(topics.contents().failures());
            checkTasks(verdict, round);
            verdict.epoch(epoch, epoch());
            topics.contents().kinds().forEach(verdict::count);
            if (verdict.holds()) {
                forget();
            }
            return verdict.report(healing, recovery.minus(healing));
        } catch (IOException | SQLException e) {
            throw new SandboxException("cannot read the history: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while checking", e);
        }
    }

    /** The logs are the only record: the status of a restarted or moved task does not show its earlier failure. */
    private void checkTasks(RoundVerdict verdict, JudgedRound round) {
        Map<String, List<String>> news = logs.read();
        verdict.tasks(news.values().stream()
                .flatMap(lines -> TaskFailure.in(lines).stream())
                .toList());
        moves.read(news);
        faults = faults.plus(round.length());
        if (round.isLast()) {
            verdict.add(Enough.ofRun(faults, moves.moved()));
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private void checkEvidence(RoundVerdict verdict, JudgedRound round)
            throws IOException, SQLException, InterruptedException {
        workload.awaitRecorded();
        Delivered delivered = topics.contents().delivered();
        compactions.revisions().forEach(delivered::compacted);
        List<Change> committed = workload.committed();
        List<Lost> conflicts = bookkeeping.conflicts(conflictsBefore);
        List<Applied> history = bookkeeping.history(workload.recordedSince());
        verdict.count("changes committed in PostgreSQL", committed.size());
        verdict.count("changes that lost", conflicts.size());
        verdict.count("entries of etcd_history", history.size());
        int confirmed = committed.size() - conflicts.size();
        workload.recorded(recorded -> verdict.add(new Enough(
                        round.length(),
                        round.faultsDrawn(),
                        round.faultsDone(),
                        committed.size(),
                        confirmed,
                        recorded.count(Author.WRITER),
                        recorded.count(Author.SINK))
                .check()));
        workload.recorded(recorded -> verdict.add(new Evidence(
                        recorded,
                        committed,
                        history,
                        conflicts,
                        topics.contents().conflicts(),
                        delivered,
                        key -> KeyPartition.partition(key, PARTITIONS),
                        Long.parseLong(epoch),
                        CONFLATE_AFTER)
                .check()));
    }

    /** Forgets the checked history, so that a long run needs no more memory than a short one. */
    private void forget() throws SQLException {
        workload.forget();
        topics.forget();
        compactions.forget();
        conflictsBefore = bookkeeping.lastConflict();
    }

    private String epoch() throws IOException {
        Entry found = etcd.get(EPOCH);
        return found == null ? "none" : found.value();
    }
}
