package dev.etcdpg.tool;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.io.PrintWriter;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of a query, printed as a table or as a JSON list. */
record Listing(List<Map<String, @Nullable Object>> rows, String whenEmpty) {

    private static final int MAX_WIDTH = 60;

    /** Reads the present row with its column names. */
    static Map<String, @Nullable Object> row(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            Object value = result.getObject(i);
            row.put(
                    columns.getColumnLabel(i),
                    value instanceof Number || value instanceof Boolean ? value : result.getString(i));
        }
        return row;
    }

    void print(PrintWriter out, Output output) {
        if (output.isJson()) {
            Output.print(out, rows);
        } else if (rows.isEmpty()) {
            out.println(whenEmpty);
        } else {
            out.println(table(rows));
        }
    }

    /** Returns rows as a table. Columns without any value are left out. */
    static String table(List<Map<String, @Nullable Object>> rows) {
        List<ColumnData<Map<String, @Nullable Object>>> columns = new ArrayList<>();
        for (String name : rows.get(0).keySet()) {
            if (rows.stream().anyMatch(row -> row.get(name) != null)) {
                columns.add(new Column()
                        .header(name.replace('_', ' '))
                        .headerAlign(HorizontalAlign.LEFT)
                        .dataAlign(
                                rows.stream().anyMatch(row -> row.get(name) instanceof Number)
                                        ? HorizontalAlign.RIGHT
                                        : HorizontalAlign.LEFT)
                        .maxWidth(MAX_WIDTH)
                        .with(row -> text(row.get(name))));
            }
        }
        return AsciiTable.builder()
                .border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS)
                .data(rows, columns)
                .asString();
    }

    private static String text(@Nullable Object cell) {
        return cell == null ? "" : printable(cell.toString());
    }

    /** A key or value can contain anything, also what a terminal takes for a command. */
    private static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
