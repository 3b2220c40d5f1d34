package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.chaos.history.Change;
import dev.etcdpg.testing.chaos.history.Counts;
import dev.etcdpg.testing.chaos.history.EtcdHistory;
import dev.etcdpg.testing.chaos.history.Ledger;
import dev.etcdpg.testing.chaos.history.Recorder;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.SandboxException;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Writers on both sides, which write straight to the stores. They continue when a server is away. The ledger and the recorder show what
 * they committed.
 */
public final class Workload implements AutoCloseable {
    static final int SQL_WRITERS = 3;
    private static final int ETCD_WRITERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration AGAIN = Duration.ofMillis(200);

    /** The state that the writers share. */
    record Room(
            String applicationName, Gate gate, Counts counts, Echoes fromSql, Echoes fromEtcd, List<String> failures) {}

    private final Stack stack;
    private final Room room;
    private final EtcdHttpClient etcd;
    private final Fence fence;
    private final Leases leases;
    private final Recorder recorder;
    private final Ledger ledger;
    private final List<Writer> writers = new ArrayList<>();
    private long ledgerForgotten;

    /** @param seed decides the writes; their times depend on the machine */
    public Workload(Stack stack, long seed) {
        this.stack = stack;
        // Each run has another name, so that its values differ from those of other runs.
        String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        room = new Room(
                "chaos-" + run, new Gate(), new Counts(), new Echoes(), new Echoes(), new CopyOnWriteArrayList<>());
        etcd = new EtcdHttpClient(stack.etcd().endpoint());
        fence = new Fence(run);
        leases = new Leases(etcd);
        recorder = new Recorder(new EtcdHttpClient(stack.etcd().endpoint()), room.counts());
        ledger = new Ledger(run);
        for (int i = 0; i < SQL_WRITERS; i++) {
            String name = "pg:" + run + ":" + i;
            writers.add(new SqlWriter(i, name, room, stack.postgres(), ledger, new Random(seed * 31 + i)));
        }
        for (int i = 0; i < ETCD_WRITERS; i++) {
            String name = "etcd:" + run + ":" + i;
            writers.add(new EtcdWriter(name, room, etcd, fence, leases, new Random(seed * 31 + 100 + i)));
        }
    }

    /** Starts to record etcd's history, then to write. The stack must be up. */
    public void start() {
        untilItIsThere("the mirrored table", () -> {
            try (Connection connection = connection()) {
                Ledger.create(connection);
                return exists(connection);
            }
        });
        untilItIsThere("etcd", () -> fence.move(etcd) > 0);
        untilItIsThere("etcd", () -> {
            recorder.start();
            return true;
        });
        writers.forEach(Writer::start);
    }

    private static boolean exists(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select to_regclass('public.etcd') is not null")) {
            return row.next() && row.getBoolean(1);
        }
    }

    /**
     * Pauses the writers. Returns when no transaction of a writer is open or can still take effect, and all their writes to etcd are
     * recorded. All servers should be running.
     */
    public void pause() {
        try {
            room.gate().close();
            untilItIsThere("etcd", () -> {
                leases.revokeAll();
                return true;
            });
            long[] last = new long[1];
            untilItIsThere("etcd", () -> {
                last[0] = fence.move(etcd);
                return last[0] > 0;
            });
            untilItIsThere("the end of the last SQL transaction", this::noSqlTransactionIsOpen);
            recorder.await(last[0], PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while the workload should pause", e);
        }
    }

    private boolean noSqlTransactionIsOpen() throws SQLException {
        try (Connection connection = connection();
                var select = connection.prepareStatement(
                        "select count(*) from pg_stat_activity where application_name = ?")) {
            select.setString(1, room.applicationName());
            try (var row = select.executeQuery()) {
                return row.next() && row.getLong(1) == 0;
            }
        }
    }

    public void resume() {
        room.gate().open();
    }

    /** Returns the revision up to which etcd's history is recorded, and etcd may be compacted. */
    public long recordedThrough() {
        return recorder.through();
    }

    /** Returns the revision after which etcd's history is recorded. */
    public long recordedSince() {
        return recorder.since();
    }

    /** Returns the number of commits by kind, like "etcd puts", "SQL deletes". */
    public Map<String, Long> counts() {
        return room.counts().all();
    }

    /** Returns unexpected failures of writers, in sentences. */
    public List<String> failures() {
        return List.copyOf(room.failures());
    }

    /** Gives etcd's history to a reader. */
    public void recorded(Consumer<EtcdHistory> reader) {
        recorder.read(reader);
    }

    /** Waits until the present state of etcd is recorded. */
    public void awaitRecorded() throws IOException, InterruptedException {
        recorder.await(fence.move(etcd), PATIENCE);
    }

    /** Returns the changes committed in PostgreSQL since {@link #forget}. */
    public List<Change> committed() throws SQLException {
        try (Connection connection = connection()) {
            return ledger.read(connection, ledgerForgotten);
        }
    }

    /**
     * Forgets the history while the workload pauses. Later, no side repeats an earlier value of the other, because that would mark a checked
     * conflict as applied late.
     */
    public void forget() throws SQLException {
        List<Change> committed = committed();
        recorder.forget();
        room.fromSql().clear();
        room.fromEtcd().clear();
        if (!committed.isEmpty()) {
            ledgerForgotten = committed.get(committed.size() - 1).id();
        }
    }

    private Connection connection() throws SQLException {
        return stack.postgres().connect(Stack.DATABASE);
    }

    private static void untilItIsThere(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Exception last = null;
            try {
                if (condition.call()) {
                    return;
                }
            } catch (IOException | SQLException serverIsAway) {
                last = serverIsAway;
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new SandboxException("the workload cannot go on: " + e.getMessage(), e);
            }
            if (System.nanoTime() > end) {
                throw new SandboxException("not within " + PATIENCE.toSeconds() + " s: " + what, last);
            }
            try {
                Thread.sleep(AGAIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SandboxException("interrupted while waiting for " + what, e);
            }
        }
    }

    @Override
    public void close() {
        room.gate().end();
        writers.forEach(Writer::close);
        recorder.close();
    }
}
