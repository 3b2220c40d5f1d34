package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.client.SqlFaults;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Why a batch was not applied. The caller must roll back what the batch did. */
sealed interface Obstacle extends BatchResult {

    /** Short description without values, for logs. */
    String describe();

    /** Another transaction is in the way of a row, or has just changed a key. The keys can be applied later. */
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

        /** A trigger of the application did not do what it was told with a row, and raised no error. */
        static RowRefused byTrigger(String what) {
            String sentence = "a trigger of the application " + what;
            return new RowRefused(sentence, sentence, null);
        }

        static RowRefused of(SQLException e) {
            return new RowRefused("SQLSTATE " + e.getSQLState(), SqlFaults.describe(e), e);
        }
    }

    /**
     * The obstacle that an error of the server reports.
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
