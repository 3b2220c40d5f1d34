package dev.etcdpg.pg.client;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Statements that the driver sends in one message and the server runs one after the other, each with its own snapshot under READ COMMITTED. If
 * a statement fails, the later statements do not run. Results are available after {@link #run}.
 */
public final class Pipeline {

    /** Result of one statement of a pipeline. */
    public static final class Result<T> {
        private @Nullable T value;

        private Result() {}

        /** Returns a result that is known without a statement. */
        public static <T> Result<T> of(T value) {
            Result<T> result = new Result<>();
            result.value = value;
            return result;
        }

        /** @throws IllegalStateException before {@link Pipeline#run} */
        public T get() {
            if (value == null) {
                throw new IllegalStateException("The pipeline has not run");
            }
            return value;
        }
    }

    @FunctionalInterface
    private interface ResultReader {
        void read(PreparedStatement statement, boolean hasRows) throws SQLException;
    }

    private record Step(SqlStatement statement, ResultReader reader) {}

    private final Connection connection;
    private final List<Step> steps = new ArrayList<>();

    Pipeline(Connection connection) {
        this.connection = connection;
    }

    /** Adds a statement whose result is ignored. */
    public Pipeline add(SqlStatement statement) {
        steps.add(new Step(statement, (s, hasRows) -> {}));
        return this;
    }

    /** Adds a statement that writes, and yields the number of rows written. */
    public Result<Integer> update(SqlStatement statement) {
        Result<Integer> result = new Result<>();
        steps.add(new Step(statement, (s, hasRows) -> result.value = Math.max(0, s.getUpdateCount())));
        return result;
    }

    /** Adds a statement that reads, and yields its rows. */
    public <T> Result<List<T>> list(SqlStatement statement, RowReader<T> reader) {
        return read(statement, rows -> SqlStatement.read(rows, reader));
    }

    /** Adds a statement that reads, and yields its rows as a map in their order. */
    public <K, V> Result<Map<K, V>> map(SqlStatement statement, RowReader<K> key, RowReader<V> value) {
        return read(statement, rows -> {
            Map<K, V> map = new LinkedHashMap<>();
            while (rows.next()) {
                map.put(key.read(rows), value.read(rows));
            }
            return map;
        });
    }

    /** Adds a statement that reads, and yields its first row. */
    public <T> Result<T> first(SqlStatement statement, RowReader<T> reader, T whenThereIsNone) {
        return read(statement, rows -> rows.next() ? reader.read(rows) : whenThereIsNone);
    }

    /** Adds a statement that reads one row. */
    public <T> Result<T> one(SqlStatement statement, RowReader<T> reader) {
        return read(statement, rows -> {
            if (!rows.next()) {
                throw new NoSuchElementException("Statement " + statement.text().name() + " returned no row");
            }
            return reader.read(rows);
        });
    }

    private <T> Result<T> read(SqlStatement statement, RowReader<T> all) {
        Result<T> result = new Result<>();
        steps.add(new Step(statement, (s, hasRows) -> {
            if (!hasRows) {
                throw new IllegalStateException("Statement " + statement.text().name() + " returned no rows to read");
            }
            try (ResultSet rows = s.getResultSet()) {
                result.value = all.read(rows);
            }
        }));
        return result;
    }

    /** Sends all statements. Does nothing if there are none. */
    public void run() throws SQLException {
        if (steps.isEmpty()) {
            return;
        }
        String sql = steps.stream().map(step -> step.statement().text().jdbc()).collect(Collectors.joining(";\n"));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int place = 1;
            for (Step step : steps) {
                place = step.statement().bind(statement, place);
            }
            boolean hasRows = statement.execute();
            for (int i = 0; i < steps.size(); i++) {
                steps.get(i).reader().read(statement, hasRows);
                hasRows = i + 1 < steps.size() && statement.getMoreResults();
            }
        }
        steps.clear();
    }
}
