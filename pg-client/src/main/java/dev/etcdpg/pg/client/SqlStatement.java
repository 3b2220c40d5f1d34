package dev.etcdpg.pg.client;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a statement. Bind every parameter by its name, then run the statement with {@link #update}, {@link #list}, {@link #one} or
 * {@link #first}, or add it to a {@link Pipeline}. Null values and null elements of arrays are NULL. Not thread-safe.
 *
 * <p>Binding throws {@link IllegalArgumentException} if the statement has no such parameter; running throws {@link IllegalStateException} if a
 * parameter is not bound.
 */
public final class SqlStatement {

    private final Connection connection;
    private final SqlText text;
    private final Map<String, @Nullable Object> values = new HashMap<>();

    SqlStatement(Connection connection, SqlText text) {
        this.connection = connection;
        this.text = text;
    }

    /** Binds a scalar value of a type that the driver knows: String, Long, Integer, Boolean, OffsetDateTime… */
    public SqlStatement set(String parameter, @Nullable Object value) {
        if (!text.parameters().contains(parameter)) {
            throw new IllegalArgumentException("Statement " + text.name() + " has no parameter " + parameter);
        }
        values.put(parameter, value);
        return this;
    }

    /** Binds a {@code text[]}. */
    public SqlStatement texts(String parameter, Collection<? extends @Nullable String> elements) throws SQLException {
        return array(parameter, "text", elements.toArray(String[]::new));
    }

    /** Binds a {@code text[]} with one element a row. */
    public <T> SqlStatement texts(String parameter, Collection<T> rows, Function<T, @Nullable String> column)
            throws SQLException {
        return array(parameter, "text", rows.stream().map(column).toArray(String[]::new));
    }

    /** Binds a {@code bigint[]} with one element a row. */
    public <T> SqlStatement numbers(String parameter, Collection<T> rows, Function<T, @Nullable Long> column)
            throws SQLException {
        return array(parameter, "bigint", rows.stream().map(column).toArray(Long[]::new));
    }

    /** Binds an {@code integer[]} with one element a row. */
    public <T> SqlStatement integers(String parameter, Collection<T> rows, Function<T, @Nullable Integer> column)
            throws SQLException {
        return array(parameter, "integer", rows.stream().map(column).toArray(Integer[]::new));
    }

    /** Binds a {@code boolean[]} with one element a row. */
    public <T> SqlStatement flags(String parameter, Collection<T> rows, Function<T, @Nullable Boolean> column)
            throws SQLException {
        return array(parameter, "boolean", rows.stream().map(column).toArray(Boolean[]::new));
    }

    /** Binds a {@code bytea[]} with one element a row. */
    public <T> SqlStatement bytes(String parameter, Collection<T> rows, Function<T, byte @Nullable []> column)
            throws SQLException {
        return array(parameter, "bytea", rows.stream().map(column).toArray(byte[][]::new));
    }

    private SqlStatement array(String parameter, String type, Object[] elements) throws SQLException {
        return set(parameter, connection.createArrayOf(type, elements));
    }

    /** Runs the statement and returns the number of rows written. */
    public int update() throws SQLException {
        try (PreparedStatement statement = prepare()) {
            return statement.executeUpdate();
        }
    }

    /** Runs the statement and ignores its result. */
    public void run() throws SQLException {
        try (PreparedStatement statement = prepare()) {
            statement.execute();
        }
    }

    /** Runs the statement and reads all rows. */
    public <T> List<T> list(RowReader<T> reader) throws SQLException {
        try (PreparedStatement statement = prepare();
                ResultSet rows = statement.executeQuery()) {
            return read(rows, reader);
        }
    }

    /** Runs the statement and reads its first row. Returns null if there is none. */
    public <T> @Nullable T first(RowReader<T> reader) throws SQLException {
        List<T> rows = list(reader);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /**
     * Runs a statement that returns a row, and reads the first.
     *
     * @throws NoSuchElementException if the statement returns no row
     */
    public <T> T one(RowReader<T> reader) throws SQLException {
        List<T> rows = list(reader);
        if (rows.isEmpty()) {
            throw new NoSuchElementException("Statement " + text.name() + " returned no row");
        }
        return rows.get(0);
    }

    /** Runs the statement and reads the first column of all rows. */
    public List<String> texts() throws SQLException {
        return list(row -> row.getString(1));
    }

    SqlText text() {
        return text;
    }

    /** Binds the values, the first one at the given place, and returns the place after the last one. */
    int bind(PreparedStatement statement, int from) throws SQLException {
        text.requireBound(values.keySet());
        int place = from;
        for (String parameter : text.places()) {
            Object value = values.get(parameter);
            if (value instanceof Array array) {
                statement.setArray(place++, array);
            } else {
                statement.setObject(place++, value);
            }
        }
        return place;
    }

    static <T> List<T> read(ResultSet rows, RowReader<T> reader) throws SQLException {
        List<T> list = new ArrayList<>();
        while (rows.next()) {
            list.add(reader.read(rows));
        }
        return list;
    }

    private PreparedStatement prepare() throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text.jdbc());
        try {
            bind(statement, 1);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }
}
