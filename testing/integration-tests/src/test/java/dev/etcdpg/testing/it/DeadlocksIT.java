package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** {@link Deadlocks}, which other tests rely on, finds the deadlocks of connectors. */
class DeadlocksIT {
    private static final String FIRST = "select pg_advisory_xact_lock(4711, 1)";
    private static final String SECOND = "select pg_advisory_xact_lock(4711, 2)";

    private final Sides sides = Sides.shared();

    @Test
    void aDeadlockWithAClientThatIsNoApplicationIsNoticed() throws SQLException {
        Deadlocks deadlocks = new Deadlocks(sides);
        try (Application application = new Application(sides, "deadlock");
                Connection connector = sides.postgres.connect();
                Statement statement = connector.createStatement()) {
            connector.setAutoCommit(false);
            application.execute(FIRST);
            statement.execute(SECOND);
            CompletableFuture<Boolean> other =
                    CompletableFuture.supplyAsync(() -> application.attempt(a -> a.execute(SECOND)));
            boolean refused = isRefused(statement);
            connector.rollback();
            assertThat(refused).isNotEqualTo(!other.join());
        }
        await("the server's log").until(deadlocks::withConnectors, found -> found.size() == 1);
    }

    @Test
    void aDeadlockOfTwoApplicationsIsTheirOwn() throws SQLException {
        Deadlocks deadlocks = new Deadlocks(sides);
        try (Application one = new Application(sides, "deadlock 1");
                Application two = new Application(sides, "deadlock 2")) {
            one.execute(FIRST);
            two.execute(SECOND);
            CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> one.attempt(a -> a.execute(SECOND)));
            boolean done = two.attempt(a -> a.execute(FIRST));
            assertThat(done).isNotEqualTo(other.join());
        }
        assertThat(deadlocks.withConnectors()).isEmpty();
    }

    private static boolean isRefused(Statement statement) throws SQLException {
        try {
            statement.execute(FIRST);
            return false;
        } catch (SQLException e) {
            if (e.getSQLState().equals(Application.DEADLOCK)) {
                return true;
            }
            throw e;
        }
    }
}
