package dev.etcdpg.pg.client;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads an object from the current row of a result. */
@FunctionalInterface
public interface RowReader<T> {

    T read(ResultSet row) throws SQLException;
}
