package dev.etcdpg.pg.client;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Makes an object of the current row of a result. */
@FunctionalInterface
public interface RowReader<T> {

    T read(ResultSet row) throws SQLException;
}
