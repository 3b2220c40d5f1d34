package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.Compactions;
import dev.etcdpg.testing.chaos.history.PostgresRecords;
import dev.etcdpg.testing.chaos.history.TaskMoves;
import dev.etcdpg.testing.chaos.history.WorkerLogs;
import dev.etcdpg.testing.chaos.workload.Workload;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.SandboxException;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.StackVerification;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Checks the work of the connectors while the workload pauses. */
public final class Checker {
    private static final Duration UP = Duration.ofSeconds(120);
    /** How long settling may make no progress. */
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    /** How long after the last fault the system must have settled, on any machine. */
    private static final Duration RECOVERY = Duration.ofMinutes(10);

    private static final Duration SILENCE = Duration.ofSeconds(3);
    /** Longer than the longest retry backoff in the examples, 10 s. */
    private static final Duration LAST_SILENCE = Duration.ofSeconds(12);

    private final ConnectorTopics topics;
    private final Stack stack;
    private final Settling settling;
    private final EvidenceCollector evidence;
    private final TaskChecker tasks;
    private final EpochChecker epoch;

    /**
     * Remembers the state before the first write. Create the checker before the workload starts, on a stack that is up and silent.
     *
     * @param moves receives the new lines of the workers' logs, and counts from now on
     */
    public Checker(Stack stack, Workload workload, Compactions compactions, TaskMoves moves) {
        EtcdHttpClient etcd = stack.etcdClient();
        PostgresRecords bookkeeping = new PostgresRecords(stack);
        this.stack = stack;
        topics = new ConnectorTopics(stack);
        settling = new Settling(stack, etcd, bookkeeping);
        evidence = new EvidenceCollector(workload, compactions, bookkeeping, topics);
        tasks = new TaskChecker(new WorkerLogs(stack), moves);
        epoch = new EpochChecker(etcd);
        begin();
    }

    private void begin() {
        try {
            List<String> open = settling.await(UP, UP);
            if (!open.isEmpty()) {
                throw new SandboxException("the stack has not settled before the beginning: " + open);
            }
            evidence.begin();
            tasks.begin();
            epoch.begin();
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
                verdict.unsettled(StackVerification.differences(stack.connect()));
                evidence.check(verdict, round, epoch.epoch());
            } else {
                topics.read();
            }
            evidence.checkAlways(verdict);
            tasks.check(verdict, round);
            epoch.check(verdict);
            if (verdict.holds()) {
                evidence.forget();
            }
            return verdict.report(healing, recovery.minus(healing));
        } catch (IOException | SQLException e) {
            throw new SandboxException("cannot read the history: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while checking", e);
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
