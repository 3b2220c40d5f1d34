package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.chaos.history.Change;
import dev.etcdpg.testing.chaos.history.EtcdHistory;
import dev.etcdpg.testing.chaos.history.Ledger;
import dev.etcdpg.testing.chaos.history.Recorder;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/** The changes that the writers committed: a recorder of etcd's history, and the ledger in PostgreSQL. */
public final class WorkloadHistory {
    private final Stack stack;
    private final Recorder recorder;
    private final Ledger ledger;
    private final FencedEtcd etcd;
    private long ledgerForgotten;

    WorkloadHistory(Stack stack, Recorder recorder, Ledger ledger, FencedEtcd etcd) {
        this.stack = stack;
        this.recorder = recorder;
        this.ledger = ledger;
        this.etcd = etcd;
    }

    /** Creates the ledger and starts to record. The mirrored table can be absent before the call. */
    void start() {
        ServerWait.until("the mirrored table", () -> {
            try (Connection connection = connection()) {
                Ledger.create(connection);
                return exists(connection);
            }
        });
        etcd.moveFence();
        ServerWait.until("etcd", () -> {
            recorder.start();
            return true;
        });
    }

    private static boolean exists(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select to_regclass('public.etcd') is not null")) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Returns the revision up to which etcd's history is recorded, and etcd may be compacted. */
    public long recordedThrough() {
        return recorder.through();
    }

    /** Returns the revision after which etcd's history is recorded. */
    public long recordedSince() {
        return recorder.since();
    }

    /** Gives etcd's history to a reader. */
    public void read(Consumer<EtcdHistory> reader) {
        recorder.read(reader);
    }

    /** Waits until the present state of etcd is recorded. */
    public void awaitRecorded() throws IOException, InterruptedException {
        awaitRecorded(etcd.moveFenceOnce());
    }

    void awaitRecorded(long revision) throws InterruptedException {
        recorder.await(revision, ServerWait.PATIENCE);
    }

    /** Returns the changes committed in PostgreSQL since {@link #forget}. */
    public List<Change> committed() throws SQLException {
        try (Connection connection = connection()) {
            return ledger.read(connection, ledgerForgotten);
        }
    }

    /** Forgets all committed changes. No writer may write during the call. */
    void forget() throws SQLException {
        List<Change> committed = committed();
        recorder.forget();
        if (!committed.isEmpty()) {
            ledgerForgotten = committed.get(committed.size() - 1).id();
        }
    }

    private Connection connection() throws SQLException {
        return stack.postgres().connect(Stack.DATABASE);
    }

    void close() {
        recorder.close();
    }
}
