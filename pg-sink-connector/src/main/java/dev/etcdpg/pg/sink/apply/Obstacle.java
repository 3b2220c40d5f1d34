package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.client.SqlFaults;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The reason why a batch was not applied. The caller must roll back what the batch did. */
sealed interface Obstacle extends BatchResult {

    /** Returns a short description without values, for logs. */
    String describe();

    /** Another transaction blocks a row, or has just changed a key. The keys can be applied later. */
    record RowLocked(String describe) implements Obstacle {}

    /** Another transaction has locked the whole table: an operator, or the creation of an index. */
    record TableLocked(String describe) implements Obstacle {}

    /** The locks may not be held any longer. */
    record OutOfTime() implements Obstacle {
        @Override
        public String describe() {
            return "no time left to wait for other transactions";
        }
    }

    /**
     * PostgreSQL, a constraint or a trigger refuses a row.
     *
     * @param describe the kind of fault, without values
     * @param reason a sentence that may quote the value
     * @param error the error of the server; null if a trigger of the application left the row out without an error
     */
    record RowRefused(String describe, String reason, @Nullable SQLException error) implements Obstacle {

        /** Returns the refusal of a row whose write a trigger of the application suppressed without an error. */
        static RowRefused byTrigger(String what) {
            String sentence = "a trigger of the application " + what;
            return new RowRefused(sentence, sentence, null);
        }

        static RowRefused of(SQLException e) {
            return new RowRefused("SQLSTATE " + e.getSQLState(), SqlFaults.describe(e), e);
        }
    }

    /**
     * Returns the obstacle that an error of the server reports.
     *
     * @throws SQLException the error itself, if it is about neither locks nor data
     */
    static Obstacle of(SQLException e) throws SQLException {
        if (SqlFaults.isWait(e)) {
            return new RowLocked("SQLSTATE " + e.getSQLState());
        } else if (SqlFaults.isData(e)) {
            return RowRefused.of(e);
        }
        throw e;
    }
}
