package dev.etcdpg.pg.sink.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * A statement and its parameters in order. The driver keeps the prepared statement of the same text, so one text is one plan. Null elements
 * of arrays are NULL.
 */
final class Query {

    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final String sql;
    private final List<Object> parameters = new ArrayList<>();

    Query(Connection connection, String sql) {
        this.connection = connection;
        this.sql = sql;
    }

    Query add(Object parameter) {
        parameters.add(parameter);
        return this;
    }

    Query texts(Collection<String> values) throws SQLException {
        return array("text", values.toArray(String[]::new));
    }

    <T> Query texts(Collection<T> rows, Function<T, String> column) throws SQLException {
        return array("text", rows.stream().map(column).toArray(String[]::new));
    }

    <T> Query numbers(Collection<T> rows, Function<T, Long> column) throws SQLException {
        return array("bigint", rows.stream().map(column).toArray(Long[]::new));
    }

    <T> Query integers(Collection<T> rows, Function<T, Integer> column) throws SQLException {
        return array("integer", rows.stream().map(column).toArray(Integer[]::new));
    }

    <T> Query flags(Collection<T> rows, Function<T, Boolean> column) throws SQLException {
        return array("boolean", rows.stream().map(column).toArray(Boolean[]::new));
    }

    <T> Query hashes(Collection<T> rows, Function<T, byte[]> column) throws SQLException {
        return array("bytea", rows.stream().map(column).toArray(byte[][]::new));
    }

    private Query array(String type, Object[] values) throws SQLException {
        return add(connection.createArrayOf(type, values));
    }

    /** @return how many rows were written */
    int update() throws SQLException {
        try (PreparedStatement statement = prepare()) {
            return statement.executeUpdate();
        }
    }

    <T> List<T> list(Reader<T> reader) throws SQLException {
        try (PreparedStatement statement = prepare();
                ResultSet rows = statement.executeQuery()) {
            List<T> list = new ArrayList<>();
            while (rows.next()) {
                list.add(reader.read(rows));
            }
            return list;
        }
    }

    /** The first column. */
    List<String> texts() throws SQLException {
        return list(row -> row.getString(1));
    }

    private PreparedStatement prepare() throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.size(); i++) {
                Object parameter = parameters.get(i);
                if (parameter instanceof Array array) {
                    statement.setArray(i + 1, array);
                } else {
                    statement.setObject(i + 1, parameter);
                }
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }
}
