package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.servers.ServerException;
import dev.etcdpg.testing.stack.Stack;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Faults that terminate backends, hold row locks and fill the notification queue. */
public final class PostgresFaults {
    /** Settings of a PostgreSQL whose notification queue can be filled quickly. */
    public static final Map<String, String> SETTINGS = Map.of("max_notify_queue_pages", "64");

    private static final List<String> LOCKS = List.of("for update", "for no key update", "for share", "for key share");
    private static final List<Integer> ROWS = List.of(1, 5, 50);

    private static final String QUEUE_IS_FULL = "54000";
    /** A notification fills a page of the queue. */
    private static final String FILL = "select pg_notify('chaos', repeat('x', 7900)) from generate_series(1, 8)";

    private final Stack stack;

    PostgresFaults(Stack stack) {
        this.stack = stack;
    }

    /** Terminates the backends of all connections whose application_name begins with the target. */
    void terminate(ScheduledFault step, Consumer<String> say) {
        int terminated = stack.postgres()
                .query(
                        Stack.DATABASE,
                        "select pg_terminate_backend(pid) from pg_stat_activity where starts_with(application_name, '"
                                + step.target() + "')")
                .size();
        if (terminated == 0) {
            throw new ServerException("there is no backend of '" + step.target() + "'");
        }
        say.accept("pg_terminate_backend of " + terminated + " of '" + step.target() + "'");
    }

    /** Locks the rows that changed last, which are likely to change next. */
    void lock(ScheduledFault step, Consumer<String> say) throws SQLException, InterruptedException {
        Random random = new Random(step.draw());
        String lock = LOCKS.get(random.nextInt(LOCKS.size()));
        int rows = ROWS.get(random.nextInt(ROWS.size()));
        try (Connection connection = stack.postgres().connect(Stack.DATABASE)) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(
                    "select key from public.etcd order by mod_revision desc limit ? " + lock + " skip locked")) {
                select.setInt(1, rows);
                select.execute();
                say.accept("select " + lock + " of " + rows + " rows");
                Thread.sleep(step.lasts().toMillis());
            }
            connection.rollback();
        }
    }

    /** Fills the notification queue: a listener in an open transaction keeps PostgreSQL from removing notifications. */
    void fillNotifyQueue(ScheduledFault step, Consumer<String> say) throws SQLException, InterruptedException {
        try (Connection listener = stack.postgres().connect(Stack.DATABASE);
                Connection notifier = stack.postgres().connect(Stack.DATABASE)) {
            execute(listener, "listen chaos");
            listener.setAutoCommit(false);
            execute(listener, "select 1");
            int filled = 0;
            try {
                while (true) {
                    execute(notifier, FILL);
                    filled++;
                }
            } catch (SQLException full) {
                if (!QUEUE_IS_FULL.equals(full.getSQLState())) {
                    throw full;
                }
            }
            say.accept("fill the notification queue with " + filled + " transactions");
            Thread.sleep(step.lasts().toMillis());
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
