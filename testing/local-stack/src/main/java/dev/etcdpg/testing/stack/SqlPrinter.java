package dev.etcdpg.testing.stack;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Runs SQL and returns the results as text. */
public final class SqlPrinter {
    private SqlPrinter() {}

    public static String run(Connection connection, String sql) throws SQLException {
        StringBuilder printed = new StringBuilder();
        try (Statement statement = connection.createStatement()) {
            boolean isResult = statement.execute(sql);
            while (isResult || statement.getUpdateCount() >= 0) {
                if (isResult) {
                    printed.append(table(statement.getResultSet()));
                } else {
                    printed.append(rows(statement.getUpdateCount()));
                }
                isResult = statement.getMoreResults();
            }
        }
        return printed.toString();
    }

    private static String table(ResultSet result) throws SQLException {
        ResultSetMetaData meta = result.getMetaData();
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            columns.add(meta.getColumnLabel(i));
        }
        TextTable table = new TextTable(columns);
        while (result.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
                row.add(result.getString(i));
            }
            table.row(row);
        }
        return table + rows(table.size());
    }

    private static String rows(int count) {
        return "(" + count + (count == 1 ? " row" : " rows") + ")\n";
    }
}
