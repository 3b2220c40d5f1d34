package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.chaos.history.TaskFailure;
import dev.etcdpg.testing.chaos.history.TaskMoves;
import dev.etcdpg.testing.chaos.history.WorkerLogs;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Checks the lives of tasks. The logs are the only record: the status of a restarted or moved task does not show its earlier failure. */
final class TaskChecker {
    private final WorkerLogs logs;
    private final TaskMoves moves;

    /** How long faults could begin, in all rounds so far. */
    private Duration faults = Duration.ZERO;

    TaskChecker(WorkerLogs logs, TaskMoves moves) {
        this.logs = logs;
        this.moves = moves;
    }

    /** Skips the present lines of the logs. */
    void begin() {
        moves.read(logs.read());
        moves.begin();
    }

    void check(RoundVerdict verdict, JudgedRound round) {
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
}
