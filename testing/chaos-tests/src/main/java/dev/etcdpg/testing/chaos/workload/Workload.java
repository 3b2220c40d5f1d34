package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.chaos.history.Counts;
import dev.etcdpg.testing.chaos.history.Ledger;
import dev.etcdpg.testing.chaos.history.Recorder;
import dev.etcdpg.testing.stack.SandboxException;
import dev.etcdpg.testing.stack.Stack;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Writers on both sides, which write straight to the stores. They continue when a server is away. {@link #history} shows what they
 * committed.
 */
public final class Workload implements AutoCloseable {
    static final int SQL_WRITERS = 3;
    private static final int ETCD_WRITERS = 3;

    /** The state that the writers share. */
    record Room(
            String applicationName, Gate gate, Counts counts, Echoes fromSql, Echoes fromEtcd, List<String> failures) {}

    private final Stack stack;
    private final Room room;
    private final FencedEtcd etcd;
    private final WorkloadHistory history;
    private final List<Writer> writers = new ArrayList<>();

    /**
     * @param database for the SQL writers
     * @param seed decides the writes; their times depend on the machine
     */
    public Workload(Stack stack, WriterDatabase database, long seed) {
        this.stack = stack;
        // Each run has another name, so that its values differ from those of other runs.
        String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        room = new Room(
                "chaos-" + run, new Gate(), new Counts(), new Echoes(), new Echoes(), new CopyOnWriteArrayList<>());
        etcd = new FencedEtcd(stack.etcdClient(), run);
        Ledger ledger = new Ledger(run);
        history = new WorkloadHistory(stack, new Recorder(stack.etcdClient(), room.counts()), ledger, etcd);
        for (int i = 0; i < SQL_WRITERS; i++) {
            String name = "pg:" + run + ":" + i;
            writers.add(new SqlWriter(i, name, room, database, ledger, new Random(seed * 31 + i)));
        }
        for (int i = 0; i < ETCD_WRITERS; i++) {
            String name = "etcd:" + run + ":" + i;
            writers.add(new EtcdWriter(name, room, etcd, new Random(seed * 31 + 100 + i)));
        }
    }

    /** Starts to record etcd's history, then to write. The stack must be up. */
    public void start() {
        history.start();
        writers.forEach(Writer::start);
    }

    /**
     * Pauses the writers. Returns when no transaction of a writer is open or can still take effect, and all their writes to etcd are
     * recorded. All servers should be running.
     */
    public void pause() {
        try {
            room.gate().close();
            etcd.revokeLeases();
            long last = etcd.moveFence();
            ServerWait.until("the end of the last SQL transaction", this::noSqlTransactionIsOpen);
            history.awaitRecorded(last);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while the workload should pause", e);
        }
    }

    private boolean noSqlTransactionIsOpen() throws SQLException {
        try (Connection connection = stack.postgres().connect(Stack.DATABASE);
                var select = connection.prepareStatement(
                        "select count(*) from pg_stat_activity where application_name = ? and (xact_start is not null or state <> 'idle')")) {
            select.setString(1, room.applicationName());
            try (var row = select.executeQuery()) {
                return row.next() && row.getLong(1) == 0;
            }
        }
    }

    public void resume() {
        room.gate().open();
    }

    /** Returns the changes that the writers committed. */
    public WorkloadHistory history() {
        return history;
    }

    /** Returns the number of commits by kind, like "etcd puts", "SQL deletes". */
    public Map<String, Long> counts() {
        return room.counts().all();
    }

    /** Returns unexpected failures of writers, in sentences. */
    public List<String> failures() {
        return List.copyOf(room.failures());
    }

    /**
     * Forgets the history while the workload pauses. Later, no side repeats an earlier value of the other, because that would mark a checked
     * conflict as applied late.
     */
    public void forget() throws SQLException {
        history.forget();
        room.fromSql().clear();
        room.fromEtcd().clear();
    }

    @Override
    public void close() {
        room.gate().end();
        writers.forEach(Writer::close);
        history.close();
    }
}
