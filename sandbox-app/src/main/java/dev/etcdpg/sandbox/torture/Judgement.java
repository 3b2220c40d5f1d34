package dev.etcdpg.sandbox.torture;

import dev.etcdpg.sandbox.Entry;
import dev.etcdpg.sandbox.EtcdClient;
import dev.etcdpg.sandbox.SandboxException;
import dev.etcdpg.sandbox.Stack;
import dev.etcdpg.sandbox.torture.judge.Applied;
import dev.etcdpg.sandbox.torture.judge.Author;
import dev.etcdpg.sandbox.torture.judge.Change;
import dev.etcdpg.sandbox.torture.judge.Enough;
import dev.etcdpg.sandbox.torture.judge.Evidence;
import dev.etcdpg.sandbox.torture.judge.Lost;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Judges what the connectors made of a workload that pauses. */
final class Judgement {
    private static final String EPOCH = "/etcd-pg-connect/epoch";
    private static final Duration UP = Duration.ofSeconds(120);
    /** How long it may be no nearer to being settled. */
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    /** How long after the last fault it must have settled, however slow the machine is. */
    private static final Duration RECOVERY = Duration.ofMinutes(10);

    private static final Duration SILENCE = Duration.ofSeconds(3);
    /** Longer than the examples' connectors wait before they try something again, which is up to 10 s. */
    private static final Duration LAST_SILENCE = Duration.ofSeconds(12);
    /** As the examples have them. */
    private static final int PARTITIONS = 4;

    private static final int CONFLATE_AFTER = 10;

    private final Workload workload;
    private final Compactions compactions;
    private final EtcdClient etcd;
    private final Bookkeeping bookkeeping;
    private final Topics topics;
    private final Settling settling;
    private final WorkerLogs logs;
    private final String epoch;
    private long conflictsBefore;

    /** Remembers how things stand before the first write; create it before the workload starts, on a stack that is up and silent. */
    Judgement(Stack stack, Workload workload, Compactions compactions) {
        this.workload = workload;
        this.compactions = compactions;
        etcd = new EtcdClient(stack.etcd().endpoint());
        bookkeeping = new Bookkeeping(stack);
        topics = new Topics(stack);
        logs = new WorkerLogs(stack);
        settling = new Settling(stack, etcd, bookkeeping);
        try {
            List<String> open = settling.await(UP, UP);
            if (!open.isEmpty()) {
                throw new SandboxException("the stack has not settled before the beginning: " + open);
            }
            topics.begin();
            logs.read();
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
     * Waits until everything has settled, and judges everything since the beginning, or since the last judgement that held.
     *
     * @param round what it comes after
     */
    Report judge(Round round) {
        Duration healing = since(round.blown().ended());
        try {
            List<String> failures = new ArrayList<>();
            settling.await(PATIENCE, RECOVERY.minus(healing))
                    .forEach(open -> failures.add("not settled, and no nearer to it for " + PATIENCE.toSeconds()
                            + " s, or after " + RECOVERY.toSeconds() + " s: " + open));
            Duration recovery = since(round.blown().ended());
            if (recovery.compareTo(RECOVERY) > 0) {
                failures.add("settled only " + recovery.toSeconds() + " s after the last fault");
            }
            Map<String, Long> counts = new TreeMap<>();
            if (failures.isEmpty()) {
                failures.addAll(Silence.await(topics, round.isLast() ? LAST_SILENCE : SILENCE));
                settling.await(Duration.ZERO, Duration.ZERO)
                        .forEach(open -> failures.add("after it had settled: " + open));
                failures.addAll(evidence(counts, round));
            } else {
                topics.read();
            }
            failures.addAll(workload.failures());
            failures.addAll(topics.failures());
            for (TaskFailure failure : failedTasks()) {
                if (failure.isByKafka()) {
                    counts.merge("tasks failed by Kafka", 1L, Long::sum);
                } else {
                    failures.add(failure.toString());
                }
            }
            if (!epoch().equals(epoch)) {
                failures.add("a new epoch began, for which no fault is a reason: " + epoch() + " after " + epoch);
            }
            counts.putAll(topics.kinds());
            if (failures.isEmpty()) {
                forget();
            }
            return new Report(failures, counts, healing, recovery.minus(healing));
        } catch (IOException | SQLException e) {
            throw new SandboxException("what is to be judged cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while judging", e);
        }
    }

    /** Nobody else may know: a task that is restarted, or moves to another worker, forgets that it had failed. */
    private List<TaskFailure> failedTasks() {
        return logs.read().values().stream()
                .flatMap(news -> TaskFailure.in(news).stream())
                .toList();
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private List<String> evidence(Map<String, Long> counts, Round round)
            throws IOException, SQLException, InterruptedException {
        workload.awaitRecorded();
        compactions.revisions().forEach(topics.delivered()::compacted);
        List<Change> committed = workload.committed();
        List<Lost> conflicts = bookkeeping.conflicts(conflictsBefore);
        counts.put("changes committed in PostgreSQL", (long) committed.size());
        counts.put("changes that lost", (long) conflicts.size());
        List<String> failures = new ArrayList<>();
        List<Applied> history = bookkeeping.history(workload.recordedSince());
        counts.put("entries of etcd_history", (long) history.size());
        long confirmed = committed.size() - conflicts.size();
        workload.recorded(recorded -> failures.addAll(new Enough(
                        round.length(),
                        round.blown().drawn(),
                        round.blown().done(),
                        committed.size(),
                        confirmed,
                        recorded.count(Author.WRITER),
                        recorded.count(Author.SINK))
                .judge()));
        workload.recorded(recorded -> failures.addAll(new Evidence(
                        recorded,
                        committed,
                        history,
                        conflicts,
                        topics.conflicts(),
                        topics.delivered(),
                        key -> Lanes.partition(key, PARTITIONS),
                        Long.parseLong(epoch),
                        CONFLATE_AFTER)
                .judge()));
        return failures;
    }

    /** What held needs not be judged again; so a long run does not need more memory than a short one. */
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
