package dev.etcdpg.testing.chaos;

import dev.etcdpg.testing.chaos.checker.Checker;
import dev.etcdpg.testing.chaos.checker.Findings;
import dev.etcdpg.testing.chaos.checker.JudgedRound;
import dev.etcdpg.testing.chaos.history.Compactions;
import dev.etcdpg.testing.chaos.history.Journal;
import dev.etcdpg.testing.chaos.history.TaskMoves;
import dev.etcdpg.testing.chaos.nemesis.AnsweringWorker;
import dev.etcdpg.testing.chaos.nemesis.Faults;
import dev.etcdpg.testing.chaos.nemesis.Links;
import dev.etcdpg.testing.chaos.nemesis.Nemesis;
import dev.etcdpg.testing.chaos.nemesis.Operator;
import dev.etcdpg.testing.chaos.nemesis.PostgresFaults;
import dev.etcdpg.testing.chaos.nemesis.Recovery;
import dev.etcdpg.testing.chaos.nemesis.Retry;
import dev.etcdpg.testing.chaos.nemesis.Schedule;
import dev.etcdpg.testing.chaos.workload.Workload;
import dev.etcdpg.testing.chaos.workload.WriterDatabase;
import dev.etcdpg.testing.servers.LocalServer;
import dev.etcdpg.testing.servers.PgBouncer;
import dev.etcdpg.testing.stack.Examples;
import dev.etcdpg.testing.stack.SqlRole;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.StackSecurity;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Runs the whole system under a workload and faults, in rounds. Each round inflicts faults, waits for quiet and checks the history since
 * the last check.
 */
public final class ChaosRun implements AutoCloseable {
    private static final int WORKERS = 2;
    private static final int SHOWN = 40;
    private static final String FAILURES = "failures.txt";

    private final PrintStream out;
    private final Path folder;
    private final Stack stack;
    private final Links links;
    private final Compactions compactions = new Compactions(System::nanoTime);
    private final Map<String, Map<String, String>> originals = new HashMap<>();
    private WriterDatabase database;
    private PgBouncer pooler;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "chaos-fault");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param folder for the servers' data and logs
     * @param security of the stack
     * @param out the destination of the journal and the findings
     */
    public ChaosRun(Path folder, StackSecurity security, PrintStream out) {
        this.out = out;
        this.folder = folder;
        AtomicReference<Links> made = new AtomicReference<>();
        this.stack = new Stack(folder, false, security, PostgresFaults.SETTINGS, servers -> {
            made.set(new Links(servers));
            return made.get();
        });
        this.links = made.get();
        this.database = new WriterDatabase(stack.login(SqlRole.APPLICATION));
    }

    /** Starts all servers, and returns when the four connectors are RUNNING and the sink has created its table. */
    public void up() throws InterruptedException {
        Journal journal = new Journal(out);
        Retry.on(() -> stack.up(WORKERS, journal::say));
        AnsweringWorker rest = new AnsweringWorker(stack);
        Examples.NAMES.forEach(name -> originals.put(name, rest.config(name)));
        journal.say("the stack is up");
    }

    /** Starts a pooler in transaction mode, in plain text and with the superuser's login. Both connectors of PostgreSQL and all writers share its few server connections from now on. */
    public void poolConnections() throws InterruptedException {
        pooler = PgBouncer.before(stack.postgres());
        links.throughPooler(pooler.port());
        AnsweringWorker rest = new AnsweringWorker(stack);
        for (String name : List.of("pg-sink", "pg-notify-source")) {
            Map<String, String> config = new HashMap<>(originals.get(name));
            config.put(
                    "connection.url",
                    links.environment(name, stack.environment()).get("PG_JDBC_URL"));
            originals.put(name, config);
            rest.configure(name, config);
        }
        database = new WriterDatabase(stack.login(SqlRole.APPLICATION).at(pooler.jdbcUrl(Stack.DATABASE)));
    }

    /**
     * Runs rounds, at least one, until {@code length} has passed or a check fails. The run begins with the original configurations. Do not
     * call this method again after a failed check, because the system keeps the failure.
     *
     * @param seed decides the writes and the schedule of the faults
     * @param round how long faults can begin in a round
     * @return whether all checks passed
     */
    public boolean run(long seed, Duration length, Duration round) throws InterruptedException {
        Journal journal = new Journal(out);
        journal.say(
                "seed " + seed + ", " + length.toSeconds() + " s in rounds with " + round.toSeconds() + " s of faults");
        AnsweringWorker rest = new AnsweringWorker(stack);
        for (String name : Examples.NAMES) {
            rest.configure(name, originals.get(name));
        }
        Schedule schedule = new Schedule(seed);
        try (Workload workload = new Workload(stack, database, seed)) {
            TaskMoves moves = new TaskMoves();
            Checker checker = new Checker(stack, workload, compactions, moves);
            Nemesis nemesis = new Nemesis(
                    new Faults(stack, links, rest, workload.history()::recordedThrough, compactions)::of,
                    journal,
                    threads);
            Recovery recovery = new Recovery(stack, links, new Operator(stack, rest, journal));
            workload.start();
            for (int number = 1; ; number++) {
                journal.say("round " + number);
                Nemesis.Result result = nemesis.inflict(schedule.round(round));
                recovery.heal();
                boolean isLast = journal.elapsed().compareTo(length) >= 0;
                Findings report = recovery.tendWhile(threads, () -> {
                    workload.pause();
                    journal.say("all faults are healed, the writers pause");
                    return checker.check(new JudgedRound(round, result.drawn(), result.done(), result.ended(), isLast));
                });
                tell(journal, report, workload, moves);
                if (!report.holds() || isLast) {
                    return report.holds();
                }
                workload.resume();
            }
        }
    }

    private void tell(Journal journal, Findings report, Workload workload, TaskMoves moves) {
        journal.say("events: " + list(workload.counts()));
        Map<String, Long> faults = journal.counts();
        faults.putAll(moves.counts());
        journal.say("faults: " + list(faults));
        journal.say("checked: " + list(report.counts()));
        journal.say(String.format(
                Locale.ROOT,
                "recovered in %.1f s: healed %.1f s after the last fault, settled in %.1f s more",
                report.healing().plus(report.settling()).toMillis() / 1000.0,
                report.healing().toMillis() / 1000.0,
                report.settling().toMillis() / 1000.0));
        if (report.holds()) {
            journal.say("ok  all checks pass");
        } else {
            List<String> failures = report.failures();
            journal.say("NO  " + failures.size() + " checks fail:");
            failures.stream().limit(SHOWN).forEach(failure -> out.println("      " + failure));
            keep(failures);
        }
    }

    private void keep(List<String> failures) {
        try {
            Files.write(folder.resolve(FAILURES), failures);
            if (failures.size() > SHOWN) {
                out.println("      … all are in " + folder.resolve(FAILURES));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String list(Map<String, Long> counts) {
        return counts.isEmpty()
                ? "none"
                : new TreeMap<>(counts)
                        .entrySet().stream()
                                .map(count -> count.getValue() + " " + count.getKey())
                                .collect(Collectors.joining(", "));
    }

    /** Kills the servers and leaves their data and logs. */
    public void kill() {
        if (pooler != null) {
            pooler.kill();
        }
        stack.servers().forEach(LocalServer::kill);
        links.close();
    }

    /** Kills the servers and removes their data and logs. */
    @Override
    public void close() {
        threads.shutdownNow();
        if (pooler != null) {
            pooler.close();
        }
        stack.down();
        links.close();
    }
}
